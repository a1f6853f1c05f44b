#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# A small runner: executes the steps of action/action.yml as GitHub does, or the script of action/gitlab.yml.
#	steps.pl github ACTION.yml [NAME=VALUE]...   steps with `run`; one with `uses` is printed, and what it would be given
#	steps.pl gitlab TEMPLATE.yml [NAME=VALUE]...
# It reads the YAML that these two files are written in: maps by indent, lists of maps and of words. The status is that of the first
# step that fails.
use strict;
use warnings;

my ($which, $file, @given) = @ARGV;
open(my $in, '<', $file) or die "$file: $!\n";
my @lines = map { { indent => length((/^( *)/)[0]), text => s/^\s+|\s+$//gr } } grep { !/^\s*(#|$)/ } <$in>;
close($in);

# The value that begins at a line: a map, a list, or a word. @at is where the reading stands.
my $at = 0;
sub word { my ($text) = @_; return $text =~ /^'(.*)'$/ ? $1 : $text =~ /^"(.*)"$/ ? $1 : $text; }
sub value
{
	my ($indent) = @_;
	if ($at < @lines && $lines[$at]{indent} >= $indent && $lines[$at]{text} =~ /^- /) {
		my ($own, @list) = $lines[$at]{indent};
		while ($at < @lines && $lines[$at]{indent} == $own && $lines[$at]{text} =~ /^- (.*)/) {
			my $first = $1;
			if ($first =~ /^[\w-]+:( |$)/) {
				$lines[$at] = { indent => $own + 2, text => $first };
				push @list, map_of($own + 2);
			} else {
				$at++;
				push @list, word($first);
			}
		}
		return \@list;
	}
	return map_of($lines[$at]{indent});
}
sub map_of
{
	my ($indent) = @_;
	my %map;
	while ($at < @lines && $lines[$at]{indent} == $indent && $lines[$at]{text} =~ /^([\w.-]+):(?: (.*))?$/) {
		my ($key, $rest) = ($1, $2);
		$at++;
		if (defined $rest) { $map{$key} = word($rest); }
		elsif ($at < @lines && $lines[$at]{indent} > $indent) { $map{$key} = value($lines[$at]{indent}); }
		else { $map{$key} = ''; }
	}
	return \%map;
}
my $doc = map_of(0);
$at == @lines or die "$file: cannot read line '$lines[$at]{text}'\n";

sub run_shell { my ($text) = @_; system('sh', '-e', '-c', $text); return $? >> 8; }

if ($which eq 'gitlab') {
	my $job = $doc->{ksurf};
	my %variables = (%{$job->{variables}}, map { /^(.*?)=(.*)$/s } @given);
	@ENV{keys %variables} = values %variables;
	my $status = run_shell(join("\n", @{$job->{script}}));
	for my $kept (@{$job->{artifacts}{paths}}, $job->{artifacts}{reports}{junit}) { print -s $kept ? "kept $kept\n" : "missing $kept\n"; }
	exit $status;
}

my %inputs = map { $_ => $doc->{inputs}{$_}{default} // '' } keys %{$doc->{inputs}};
for (@given) {
	my ($name, $value) = /^(.*?)=(.*)$/s;
	die "the action has no input $name\n" unless exists $inputs{$name};
	$inputs{$name} = $value;
}
for (keys %inputs) { die "input $_ is required\n" if ($doc->{inputs}{$_}{required} // '') eq 'true' && $inputs{$_} eq ''; }
my %outputs;
sub look
{
	my ($name) = @_;
	return $1 if $name =~ /^'(.*)'$/;
	return $inputs{$1} // die "no input $1\n" if $name =~ /^inputs\.([\w-]+)$/;
	return $outputs{$1}{$2} // '' if $name =~ /^steps\.(\w+)\.outputs\.(\w+)$/;
	return $ENV{GITHUB_WORKSPACE} if $name eq 'github.workspace';
	die "cannot evaluate '$name'\n";
}
sub expand { my ($text) = @_; $text =~ s/\$\{\{ *(.*?) *\}\}/look($1)/ge; return $text; }
sub holds
{
	my ($if) = @_;
	$if =~ /^(\S+) (==|!=) (\S+)$/ or die "cannot evaluate '$if'\n";
	return ($2 eq '==') == (look($1) eq look($3));
}
for my $step (@{$doc->{runs}{steps}}) {
	next if defined $step->{if} && !holds($step->{if});
	if ($step->{uses}) {
		my %with = map { $_ => expand($step->{with}{$_}) } keys %{$step->{with}};
		print "uses $step->{uses}: ", join(', ', map { "$_=$with{$_}" } sort keys %with), "\n";
		next;
	}
	die "$step->{name}: no shell\n" unless ($step->{shell} // '') eq 'sh';
	local @ENV{keys %{$step->{env}}} = map { expand($_) } values %{$step->{env}};
	local $ENV{GITHUB_OUTPUT} = "$ENV{RUNNER_TEMP}/output";
	unlink $ENV{GITHUB_OUTPUT};
	my $status = run_shell($step->{run});
	if (open(my $told, '<', $ENV{GITHUB_OUTPUT})) {
		while (<$told>) { $outputs{$step->{id}}{$1} = $2 if /^(\w+)=(.*)$/; }
	}
	if (open(my $paths, '<', $ENV{GITHUB_PATH})) {
		while (<$paths>) { chomp; $ENV{PATH} = "$_:$ENV{PATH}"; }
		close($paths);
		unlink $ENV{GITHUB_PATH};
	}
	if ($status) {
		print "step '$step->{name}' ended with $status\n";
		exit $status;
	}
}
