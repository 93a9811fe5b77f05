# Runs a command that can open nothing but programs and libraries, the paths before "--", and the folder it is started
# in; only that folder can be written. Where the kernel can, no TCP either, and no signals to others.
#
#     perl confine-files.pl /a/readable/path -- command argument ...
#
# By Landlock (https://docs.kernel.org/userspace-api/landlock.html), which needs no rights, and which has no program of
# its own on most systems. Perl is on every Debian, starts in two milliseconds, and can call the system. Whoever starts
# this has given up new privileges before (no_new_privs), or Landlock refuses.
# Numbers and bits: linux/landlock.h, asm-generic/unistd.h.
use strict;
use warnings;

my ($create_ruleset, $add_rule, $restrict_self) = (444, 445, 446);
my ($path_beneath, $version_flag) = (1, 1);
my $o_path = 0x200000;

my $version = syscall($create_ruleset, 0, 0, $version_flag);
die "confine-files: no Landlock\n" if $version < 1;

# Bits of file access, and the version of Landlock that each group came with.
my ($execute, $write_file, $read_file, $read_dir) = (0x1, 0x2, 0x4, 0x8);
my ($remove_file, $make_file, $truncate) = (0x20, 0x100, 0x4000);
my $all = 0x1fff;
$all |= 0x2000 if $version >= 2;    # refer
$all |= $truncate if $version >= 3;
$all |= 0x8000 if $version >= 5;    # ioctl on devices
my $net = $version >= 4 ? 3 : 0;    # bind and connect of TCP
my $scope = $version >= 6 ? 3 : 0;  # abstract sockets and signals
my $size = $version >= 6 ? 24 : $version >= 4 ? 16 : 8;

my $ruleset_attr = pack('QQQ', $all, $net, $scope);
my $ruleset = syscall($create_ruleset, $ruleset_attr, $size, 0);
die "confine-files: no rule set: $!\n" if $ruleset < 0;

sub allow {
    my ($path, $access) = @_;
    my $handle;
    sysopen($handle, $path, $o_path) or return;    # what is not there need not be allowed
    $access &= ~$read_dir unless -d $path;
    my $rule = pack('Ql', $access, fileno($handle));
    syscall($add_rule, $ruleset, $path_beneath, $rule, 0) == 0 or die "confine-files: $path: $!\n";
}

my @readable = ('/usr', '/lib', '/lib32', '/lib64', '/bin', '/sbin', '/etc/ld.so.cache');
push @readable, shift @ARGV while @ARGV && $ARGV[0] ne '--';
shift @ARGV;
allow($_, $execute | $read_file | $read_dir) for @readable;
allow($_, $read_file | $write_file) for '/dev/null', '/dev/full';    # devices that keep nothing
# Reading, writing, and making and removing plain files: no folders, links, sockets or devices.
allow('.', ($write_file | $read_file | $read_dir | $remove_file | $make_file | $truncate) & $all);

syscall($restrict_self, $ruleset, 0) == 0 or die "confine-files: not restricted: $!\n";
exec { $ARGV[0] } @ARGV or die "confine-files: $ARGV[0]: $!\n";
