/* global db */
// Makes the account of the services: it reads and writes their database, and nothing else.
db.getSiblingDB('clipscribe').createUser({
  user: 'clipscribe',
  pwd: process.env.APP_PASSWORD,
  roles: [{ role: 'readWrite', db: 'clipscribe' }],
});
