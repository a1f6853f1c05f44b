# SPDX-License-Identifier: BSD-2-Clause
# A text as a string of C, line by line.
s/[\\"]/\\&/g
s/.*/"&\\n"/
1i static const char builtin[] =
$a ;
