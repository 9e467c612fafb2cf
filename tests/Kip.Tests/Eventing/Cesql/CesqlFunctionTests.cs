using Kip.Rules.Eventing.Cesql;
using Shouldly;

namespace Kip.Tests.Eventing.Cesql;

/// <summary>CESQL 1.0, section 3.5, and casts (3.7).</summary>
public class CesqlFunctionTests
{
    [Theory]
    [InlineData("INT('1')", 1)]
    [InlineData("INT('-1')", -1)]
    [InlineData("INT('+1')", 1)]
    [InlineData("INT(TRUE)", 1)]
    [InlineData("INT(-1)", -1)]
    [InlineData("int(false)", 0)]
    [InlineData("BOOL('TRUE')", true)]
    [InlineData("BOOL('false')", false)]
    [InlineData("BOOL(100)", true)]
    [InlineData("BOOL(0)", false)]
    [InlineData("STRING(TRUE)", "true")]
    [InlineData("STRING(-1)", "-1")]
    [InlineData("STRING('abc')", "abc")]
    [InlineData("IS_INT('12')", true)]
    [InlineData("IS_INT('x')", false)]
    [InlineData("IS_BOOL('x')", false)]
    [InlineData("LENGTH('abc')", 3)]
    [InlineData("LENGTH('')", 0)]
    [InlineData("LENGTH(TRUE)", 4)]
    [InlineData("LENGTH('é😀')", 2)]
    [InlineData("CONCAT()", "")]
    [InlineData("CONCAT('a', 1, TRUE, 'd', 'e')", "a1truede")]
    [InlineData("CONCAT_WS(',', 'a', 'b')", "a,b")]
    [InlineData("CONCAT_WS(',')", "")]
    [InlineData("LOWER('AbC')", "abc")]
    [InlineData("UPPER('aé')", "AÉ")]
    [InlineData("TRIM('  a b\u00a0\u2003')", "a b")]
    [InlineData("LEFT('abc', 2)", "ab")]
    [InlineData("LEFT('abc', 10)", "abc")]
    [InlineData("LEFT('', 0)", "")]
    [InlineData("LEFT('😀b', 1)", "😀")]
    [InlineData("RIGHT('abc', 2)", "bc")]
    [InlineData("RIGHT('abc', 10)", "abc")]
    [InlineData("RIGHT('a😀', 1)", "😀")]
    [InlineData("SUBSTRING('abcdef', 1)", "abcdef")]
    [InlineData("SUBSTRING('abcdef', 2)", "bcdef")]
    [InlineData("SUBSTRING('abcdef', -3)", "def")]
    [InlineData("SUBSTRING('abcdef', 0)", "")]
    [InlineData("SUBSTRING('abcdef', 0, 1)", "")]
    [InlineData("SUBSTRING('abcdef', 2, 4)", "bcde")]
    [InlineData("SUBSTRING('abcdef', -5, 3)", "bcd")]
    [InlineData("SUBSTRING('abcdef', 5, 100)", "ef")]
    [InlineData("SUBSTRING('abcdef', 6)", "f")]
    [InlineData("SUBSTRING('a😀c', 2, 1)", "😀")]
    [InlineData("ABS(-5)", 5)]
    [InlineData("ABS('-5')", 5)]
    [InlineData("ABS(2147483647)", int.MaxValue)]
    public void Functions(string expression, object expected) => CesqlCases.Check(expression, expected, null, "");

    [Theory]
    [InlineData("INT('ABC')", 0, CesqlErrorKind.Cast)]
    [InlineData("INT('2147483648')", 0, CesqlErrorKind.Cast)]
    [InlineData("INT(' 1')", 0, CesqlErrorKind.Cast)]
    [InlineData("BOOL('ABC')", false, CesqlErrorKind.Cast)]
    [InlineData("LEFT('abc', -2)", "abc", CesqlErrorKind.FunctionEvaluation)]
    [InlineData("RIGHT('abc', -2)", "abc", CesqlErrorKind.FunctionEvaluation)]
    [InlineData("SUBSTRING('abc', 10)", "", CesqlErrorKind.FunctionEvaluation)]
    [InlineData("SUBSTRING('abc', -10)", "", CesqlErrorKind.FunctionEvaluation)]
    [InlineData("SUBSTRING('abc', -2147483648)", "", CesqlErrorKind.FunctionEvaluation)]
    [InlineData("SUBSTRING('abc', 1, -1)", "", CesqlErrorKind.FunctionEvaluation)]
    [InlineData("ABS(-2147483648)", int.MaxValue, CesqlErrorKind.Math)]
    [InlineData("CONCAT_WS()", false, CesqlErrorKind.MissingFunction)]
    [InlineData("NO_SUCH('x')", false, CesqlErrorKind.MissingFunction)]
    [InlineData("LENGTH('a', 'b')", false, CesqlErrorKind.MissingFunction)]
    [InlineData("LENGTH(missing)", 0, CesqlErrorKind.MissingAttribute)]
    [InlineData("UPPER(missing)", "", CesqlErrorKind.MissingAttribute)]
    [InlineData("LEFT('abc', 'x')", "", CesqlErrorKind.Cast)]
    public void What_fails_still_has_a_value(string expression, object expected, CesqlErrorKind error) =>
        CesqlCases.Check(expression, expected, error, "");

    [Fact]
    public void Functions_of_ones_own_are_told_apart_by_their_arguments()
    {
        static CesqlValue Body(ReadOnlySpan<CesqlValue> arguments, out CesqlFailure? failure)
        {
            failure = null;
            return CesqlValue.Of(arguments.Length);
        }
        var functions = CesqlFunctions.BuiltIn
            .With(new("MY_COUNT", [CesqlType.String], CesqlType.Integer, Body))
            .With(new("MY_COUNT", [CesqlType.String, CesqlType.String], CesqlType.Integer, Body) { Rest = CesqlType.String });
        foreach (var (text, count) in new[] { ("my_count('a')", 1), ("MY_COUNT('a', 'b')", 2), ("MY_COUNT('a', 'b', 'c', 'd', 'e')", 5) })
        {
            CesqlExpression.TryParse(text, out var expression, out _, functions).ShouldBeTrue();
            expression!.Evaluate(CesqlCases.Event()).Value.AsInteger.ShouldBe(count);
        }
        Should.Throw<ArgumentException>(() => functions.With(new("my_count", [null], CesqlType.Integer, Body)));
        Should.Throw<ArgumentException>(() => functions.With(new("MY_COUNT", [null, null, null], CesqlType.Integer, Body)));
        Should.Throw<ArgumentException>(() => functions.With(new("1X", [], CesqlType.Integer, Body)));
    }
}
