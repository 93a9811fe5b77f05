# Opens the account that init.sql makes. The password consists of letters, digits and . _ ~ - only.
docker_process_sql --database=mysql <<SQL
ALTER USER 'clipscribe_auth'@'%' IDENTIFIED BY '${AUTH_PASSWORD}' ACCOUNT UNLOCK;
SQL
