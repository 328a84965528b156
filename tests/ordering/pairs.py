"""Pairs of orchestration versions, their order in Durable, and what decides it: one table for everyone who has to know the order.

Sources: Azure/durabletask src/DurableTask.Core/Settings/VersioningSettings.cs (CompareVersions); dotnet/runtime Version.cs (TryParse, CompareTo) and
Number.Parsing.cs (Int32, NumberStyles.Integer); Microsoft docs, StringComparison.OrdinalIgnoreCase.
"""

from __future__ import annotations

from typing import NamedTuple


class Pair(NamedTuple):
    one: str
    other: str
    order: int
    """-1: `one` is older. 0: they are the same to Durable. 1: `one` is newer."""
    rule: str
    """NONE, ONE_IS_NONE, NUMBERS or TEXT."""
    because: str


PAIRS = [
    # Nothing.
    Pair("", "", 0, "NONE", "neither is a version"),
    Pair("", " ", 0, "NONE", "blank is as good as empty"),
    Pair("\t", "\u00a0\u2003", 0, "NONE", "every kind of white space is blank"),
    Pair("", "0.0", -1, "ONE_IS_NONE", "no version is older than the lowest one"),
    Pair("", "1", -1, "ONE_IS_NONE", "no version is older than a text"),
    Pair("", "!", -1, "ONE_IS_NONE", "no version is older than what sorts before every letter"),
    Pair(" ", "a", -1, "ONE_IS_NONE", "blank is no version"),
    Pair("2.0", "", 1, "ONE_IS_NONE", "any version is newer than none"),
    Pair("0.0", "\r\n", 1, "ONE_IS_NONE", "any version is newer than a blank one"),
    # Numbers.
    Pair("1.0", "1.0", 0, "NUMBERS", "the same"),
    Pair("1.0", "2.0", -1, "NUMBERS", "the first part decides"),
    Pair("2.0", "1.9", 1, "NUMBERS", "the first part decides before the second"),
    Pair("1.9", "1.10", -1, "NUMBERS", "9 is less than 10, which as text it is not"),
    Pair("9.0", "10.0", -1, "NUMBERS", "9 is less than 10 in the first part too"),
    Pair("1.2.9", "1.2.10", -1, "NUMBERS", "the third part"),
    Pair("1.2.3.9", "1.2.3.10", -1, "NUMBERS", "the fourth part"),
    Pair("1.2.3.4", "1.2.3.4", 0, "NUMBERS", "four equal parts"),
    Pair("0.0", "0.1", -1, "NUMBERS", "zeros are numbers"),
    Pair("0.0.0.1", "0.0.1", -1, "NUMBERS", "an earlier part decides"),
    Pair("1.0", "1.0.0", -1, "NUMBERS", "a part that is left out is -1, which is less than 0"),
    Pair("1.0.0", "1.0.0.0", -1, "NUMBERS", "the fourth part, left out, is -1 too"),
    Pair("1.0", "1.0.0.0", -1, "NUMBERS", "two parts left out"),
    Pair("1.0.0", "1.1", -1, "NUMBERS", "the second part decides before the one that is left out"),
    Pair("1.1", "1.0.9", 1, "NUMBERS", "a part more does not make it newer"),
    Pair("2.0", "1.9.9.9", 1, "NUMBERS", "nor do two"),
    Pair("1.0", "01.0", 0, "NUMBERS", "leading zeros count for nothing"),
    Pair("1.02", "1.2", 0, "NUMBERS", "leading zeros, in any part"),
    Pair("1.09", "1.1", 1, "NUMBERS", "09 is 9"),
    Pair("1.000000000000000000002", "1.2", 0, "NUMBERS", "leading zeros, however many"),
    Pair(" 1.0", "1.0", 0, "NUMBERS", "white space before a part"),
    Pair("1.0 ", "1.0", 0, "NUMBERS", "white space after a part"),
    Pair("1 . 0", "1.0", 0, "NUMBERS", "white space around each part"),
    Pair("1.\t2\n", "1.2", 0, "NUMBERS", "tabs and line ends are white space to Int32"),
    Pair("+1.0", "1.0", 0, "NUMBERS", "a sign"),
    Pair("1.+2", "1.2", 0, "NUMBERS", "a sign before a later part"),
    Pair("-0.1", "0.1", 0, "NUMBERS", "minus zero is zero, which is not below it"),
    Pair("1.0\0", "1.0", 0, "NUMBERS", "NUL characters at the end of a part are skipped"),
    Pair("1.2147483647", "1.2147483646", 1, "NUMBERS", "the largest number of 32 bits"),
    # Text, since one of them is no System.Version.
    Pair("1", "2", -1, "TEXT", "a bare number is none, and one digit sorts as expected"),
    Pair("9", "10", 1, "TEXT", "'9' comes after '1'"),
    Pair("2", "10", 1, "TEXT", "'2' comes after '1'"),
    Pair("09", "10", -1, "TEXT", "numbers of the same length sort as expected"),
    Pair("1", "1.0", -1, "TEXT", "a bare number beside a System.Version: a prefix comes first"),
    Pair("2", "1.0", 1, "TEXT", "a bare number beside a System.Version"),
    Pair("10", "9.0", -1, "TEXT", "'1' comes before '9'"),
    Pair("v1", "v2", -1, "TEXT", "a letter in front"),
    Pair("v9", "v10", 1, "TEXT", "'9' comes after '1', also behind a letter"),
    Pair("v1.9", "v1.10", 1, "TEXT", "and behind a dot"),
    Pair("v1", "1.0", 1, "TEXT", "letters come after digits"),
    Pair("v1", "V1", 0, "TEXT", "case is ignored"),
    Pair("RC1", "rc2", -1, "TEXT", "case is ignored, the digit decides"),
    Pair("b", "A", 1, "TEXT", "case is ignored: it is not 'A' < 'b' by code"),
    Pair("1.0-beta", "1.0", 1, "TEXT", "a prerelease sorts after its release: a prefix comes first"),
    Pair("1.0-alpha", "1.0-beta", -1, "TEXT", "prereleases among themselves"),
    Pair("1.0.0-rc.2", "1.0.0-rc.10", 1, "TEXT", "semantic versioning's rule for prereleases is not Durable's"),
    Pair("1.0.0+1", "1.0.0+2", -1, "TEXT", "build metadata counts"),
    Pair("1.2.3.4.5", "1.2.3.4.6", -1, "TEXT", "five parts are no System.Version"),
    Pair("1.2.3.4.9", "1.2.3.4.10", 1, "TEXT", "and so compare as text"),
    Pair("1.", "1.0", -1, "TEXT", "an empty part is no number"),
    Pair(".1", "0.1", -1, "TEXT", "nor is an empty first part"),
    Pair("1..2", "1.2", -1, "TEXT", "nor one in the middle"),
    Pair("1.-1", "1.1", -1, "TEXT", "a number below zero is none: '-' comes before '1'"),
    Pair("-1.0", "1.0", -1, "TEXT", "in the first part too"),
    Pair("1.-1", "1.-2", -1, "TEXT", "so that two of them sort the other way round"),
    Pair("1.2147483648", "1.3", -1, "TEXT", "more than 32 bits is no number"),
    Pair("1.99999999999", "1.100000000000", 1, "TEXT", "two of those compare as text"),
    Pair("1.+ 2", "1.2", -1, "TEXT", "no white space behind a sign"),
    Pair("1.0x", "1.1", -1, "TEXT", "no hexadecimal"),
    Pair("1.1e1", "1.2", -1, "TEXT", "no exponent"),
    Pair("1.1,000", "1.2", -1, "TEXT", "no thousands"),
    Pair("1.\u0662", "1.3", 1, "TEXT", "only ASCII digits are digits"),
    Pair("1.0\u00a0", "1.0", 1, "TEXT", "a no-break space is no white space to Int32"),
    Pair("2024-01-31", "2024-02-01", -1, "TEXT", "dates of fixed width sort as expected"),
    Pair("2024-9-1", "2024-10-1", 1, "TEXT", "dates of other widths do not"),
    Pair("a_", "aB", 1, "TEXT", "letters compare in upper case: '_' comes after 'B'"),
    Pair("\u00e4", "\u00c4", 0, "TEXT", "case is ignored beyond ASCII"),
    Pair("\u00df", "SS", 1, "TEXT", "a letter becomes one letter or stays as it is"),
    Pair("\u0131", "I", 1, "TEXT", "the dotless i has no upper case"),
    Pair("\u017f", "S", 1, "TEXT", "nor has the long s"),
    Pair("\ue000", "\U0001f600", 1, "TEXT", "the order is that of UTF-16 code units, not of characters"),
    Pair("a", "a ", -1, "TEXT", "white space counts in text"),
]

__all__ = ["PAIRS", "Pair"]
