# SPDX-License-Identifier: BSD-2-Clause
# A server over a store, and clients that say what they want: for manners and uploads.
package Server;
use strict;
use warnings;
use Exporter 'import';
use Fcntl qw(F_SETFD);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use IO::Select;
use POSIX qw(dup2);
use Time::HiRes qw(time sleep);
our @EXPORT = qw(skip report finish work port begin end said connect_from ask get answered slurp parent below);

my ($nr, $host, $port, $pid, $worst) = (0, undef, undef, undef, 0);
my $work = tempdir(CLEANUP => 1);
$SIG{PIPE} = 'IGNORE';

sub skip
{
	print "1..0 # SKIP @_\n";
	exit;
}

# report NAME, FINDINGS...: one case, which fails when something was found
sub report
{
	my ($name, @findings) = @_;
	$nr++;
	print @findings ? "not ok" : "ok", " $nr - $name\n";
	print "# $_\n" for map { split /\n/ } @findings;
}

sub finish
{
	printf "# who asked as one should waited for %.0f ms at most\n", $worst * 1000;
	print "1..$nr\n";
}

sub work { return $work }
sub port { return $port }

sub said { return slurp("$work/said") }

sub slurp
{
	open(my $in, '<:raw', $_[0]) or return '';
	local $/;
	return scalar <$in> // '';
}

sub parent { return slurp("/proc/$_[0]/stat") =~ /\) . (\d+)/ ? $1 : 0 }

# Processes below one.
sub below
{
	my ($top) = @_;
	my %parents = map { $_ => parent($_) } map { m{(\d+)$} } glob('/proc/[0-9]*');
	my @found = ($top);
	for (my $i = 0; $i < @found; $i++) {
		push @found, grep { $parents{$_} == $found[$i] } keys %parents;
	}
	return @found[1 .. $#found];
}

# begin KSURF, OPTION...: serve $work/store. The process is returned. A socket in front of the options is handed over, as systemd does.
sub begin
{
	my ($ksurf, @options) = @_;
	my $given = ref $options[0] ? shift @options : undef;
	open(my $said, '>', "$work/said") or die "$work/said: $!\n";
	$pid = fork() // die "fork: $!\n";
	if (!$pid) {
		open(STDERR, '>&', $said);
		open(STDOUT, '>', '/dev/null');
		if ($given) {
			fcntl($given, F_SETFD, 0); # where it is number 3 already
			dup2(fileno($given), 3);
			@ENV{qw(LISTEN_PID LISTEN_FDS)} = ($$, 1);
		}
		exec($ksurf, '--db', "$work/store", '-j', '2', 'serve', '--listen', '127.0.0.1:0', @options) or die;
	}
	undef $port;
	for (1 .. 100) {
		last if (($host, $port) = said() =~ m{//([0-9.]+):(\d+)/});
		sleep(0.1);
	}
	$port or die "the server does not begin: " . said();
	return $pid;
}

# Stop it. What is returned is wrong with how it ended.
sub end
{
	kill('TERM', $pid);
	waitpid($pid, 0);
	return $? ? ("status $?", said()) : ();
}

# Clients of several addresses: of one alone only so many are heard.
sub connect_from
{
	my ($from) = @_;
	return IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, LocalAddr => "127.0.0.$from", Timeout => 10);
}

# ask TEXT, FROM: what is answered to the bytes, up to the end of the connection, or undef
sub ask
{
	my ($text, $from) = @_;
	my $socket = connect_from($from // 1) or return undef;
	my $select = IO::Select->new($socket);
	my $answer = '';
	$socket->blocking(0);
	my $until = time() + 60;
	while (time() < $until) {
		if (length $text && $select->can_write(0)) {
			my $sent = syswrite($socket, $text, 65536);
			$text = defined $sent ? substr($text, $sent) : $!{EAGAIN} ? $text : '';
		}
		next if !$select->can_read(length $text ? 0.001 : 0.1);
		my $got = sysread($socket, my $bytes, 65536);
		last if !$got && (defined $got || !$!{EAGAIN});
		$answer .= $bytes if $got;
	}
	return $answer;
}

sub get { return ask("GET $_[0] HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", $_[1]) }

# Whoever asks as one should is answered.
sub answered
{
	my ($times) = @_;
	my @wrong;
	for (1 .. $times) {
		my $begun = time();
		my $answer = get('/function/outer_caller', 9) // 'no connection';
		my $took = time() - $begun;
		$worst = $took if $took > $worst;
		push @wrong, substr($answer, 0, 100) if $answer !~ m{^HTTP/1.1 200 .*</html>}s;
	}
	return @wrong;
}

1;
