using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Kip.Rules.Eventing.Cesql;
using Shouldly;

namespace Kip.Tests.Eventing.Cesql;

/// <summary>CESQL 1.0, section 3.4.3.</summary>
public class CesqlLikeTests
{
    [Theory]
    [InlineData("'abc' LIKE 'abc'", true)]
    [InlineData("'abc' LIKE 'ABC'", false)]
    [InlineData("'abc' NOT LIKE 'abc'", false)]
    [InlineData(@"'ab\c' LIKE 'ab\c'", true)]
    [InlineData("'abc' LIKE '%'", true)]
    [InlineData("'' LIKE '%'", true)]
    [InlineData("'' LIKE ''", true)]
    [InlineData("'' LIKE '_'", false)]
    [InlineData("'abc' LIKE 'a%'", true)]
    [InlineData("'abc' LIKE '%c'", true)]
    [InlineData("'abc' LIKE '%b%'", true)]
    [InlineData("'abc' LIKE '%x%'", false)]
    [InlineData("'azzzbzzzc' LIKE 'a%b%c'", true)]
    [InlineData("'abc' LIKE 'a%%c'", true)]
    [InlineData("'ac' LIKE 'a_c'", false)]
    [InlineData("'azbzc' LIKE 'a_b_c'", true)]
    [InlineData("'a.c' LIKE 'a.c'", true)]
    [InlineData("'abc' LIKE 'a.c'", false)]
    [InlineData("'.ab.cde.' LIKE '.%.%.'", true)]
    [InlineData("'ab.cde' LIKE '.%.%.'", false)]
    [InlineData(@"'a_b' LIKE 'a\_b'", true)]
    [InlineData(@"'azb' LIKE 'a\_b'", false)]
    [InlineData(@"'a%b' LIKE 'a\%b'", true)]
    [InlineData(@"'azb' LIKE 'a\%b'", false)]
    [InlineData(@"'abc123%456_dzf' LIKE 'abc%123\%456\_d_f'", true)]
    [InlineData("'é' LIKE '_'", true)]
    [InlineData("'😀' LIKE '_'", true)]
    [InlineData("'😀' LIKE '__'", false)]
    [InlineData("234 LIKE '23_'", true)]
    [InlineData("2344 LIKE '23_'", false)]
    [InlineData("TRUE LIKE 'tr%'", true)]
    [InlineData("FALSE LIKE 'tr%'", false)]
    public void Patterns(string expression, bool expected) => CesqlCases.Check(expression, expected, null, "");

    [Fact]
    public void Any_pattern_matches_what_the_same_regular_expression_matches()
    {
        var text = Gen.Elements('a', 'b', '%', '_', '\\').ArrayOf().Select(c => new string(c));
        Prop.ForAll(text.ToArbitrary(), text.ToArbitrary(), (pattern, subject) =>
            new LikePattern(pattern).Matches(subject).ShouldBe(Regex.IsMatch(subject, ToRegex(pattern), RegexOptions.Singleline), $"{subject} LIKE {pattern}"))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    private static string ToRegex(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length && pattern[i + 1] is '%' or '_') regex.Append(Regex.Escape(pattern[++i].ToString()));
            else regex.Append(pattern[i] switch { '%' => ".*", '_' => ".", var c => Regex.Escape(c.ToString()) });
        }
        return regex.Append(@"\z").ToString();
    }
}
