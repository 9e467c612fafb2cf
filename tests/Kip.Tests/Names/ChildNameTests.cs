using FsCheck;
using FsCheck.Fluent;
using Kip.Rules.Names;
using Shouldly;

namespace Kip.Tests.Names;

public class ChildNameTests
{
    private static readonly string Long = new('f', 63);

    // The sums are md5 of the long name, and of name and suffix, taken with another tool.
    public static TheoryData<string, string, string> Names => new()
    {
        { "asdf", "-deployment", "asdf-deployment" },
        { Long, "-deployment", new string('f', 20) + "105d7597f637e83cc711605ac3ea4957" + "-deployment" },
        { Long, "-" + new string('x', 40), new string('f', 31) + "17f2849d82e38c118cc3682334d0cd59" },
        { "a.b", "-" + new string('x', 59), "a.b-" + new string('x', 59) },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_that_fits_is_joined_and_one_that_does_not_gets_a_hash(string parent, string suffix, string expected) =>
        ChildName.Of(parent, suffix).ShouldBe(expected);

    [Fact]
    public void A_hash_in_the_known_form_is_made_for_a_known_name() =>
        ChildName.Of(new string('a', 60), "-00001").ShouldBe(new string('a', 25) + "cc7ed669cf88f201c3297c6a91e1d18d" + "-00001");

    [Fact]
    public void Names_are_short_enough_end_in_a_letter_or_digit_and_stay_apart()
    {
        var name = from c in Gen.Elements("abc-09".ToCharArray()) select c;
        var names = from length in Gen.Choose(1, 120) from letters in name.ArrayOf(length) select "a" + new string(letters);
        Prop.ForAll(names.Two().ToArbitrary(), pair =>
        {
            var (one, two) = (ChildName.Of(pair.Item1, "-deployment"), ChildName.Of(pair.Item2, "-deployment"));
            return one.Length <= 63 && char.IsAsciiLetterOrDigit(one[^1]) && (pair.Item1 == pair.Item2) == (one == two);
        }).QuickCheckThrowOnFailure();
    }
}
