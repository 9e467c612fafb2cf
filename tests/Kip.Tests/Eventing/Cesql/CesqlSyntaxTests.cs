using FsCheck;
using FsCheck.Fluent;
using Kip.Rules.Eventing.Cesql;
using Shouldly;

namespace Kip.Tests.Eventing.Cesql;

/// <summary>CESQL 1.0, section 2, and the published grammar.</summary>
public class CesqlSyntaxTests
{
    [Theory]
    [InlineData("NOT 'true' = 'false'", true)]
    [InlineData("NOT 'true' LIKE 'f%'", true)]
    [InlineData("1 < 2 = TRUE", true)]
    [InlineData("1 + 2 * 3 = 7", true)]
    [InlineData("2 * 3 IN (6)", 0)]
    [InlineData("TRUE OR FALSE AND FALSE", true)]
    [InlineData("FALSE AND TRUE OR TRUE", false)]
    [InlineData("TRUE XOR TRUE OR TRUE", false)]
    [InlineData("FALSE AND FALSE XOR TRUE", false)]
    [InlineData("(FALSE AND TRUE) OR TRUE", true)]
    [InlineData(" \t\r\n( ( 1 ) )\n", 1)]
    [InlineData("'a' LIKE 'a' = TRUE", true)]
    [InlineData("-1 IN (-1)", true)]
    public void Precedence_is_the_grammars(string expression, object expected) => CesqlCases.Check(expression, expected, null, "");

    [Theory]
    [InlineData("'a\"b\\'c'", "a\"b'c")]
    [InlineData("\"a'b\\\"c\"", "a'b\"c")]
    [InlineData(@"'a\\b\n'", @"a\\b\n")]
    [InlineData("'it''s'", "it''s")]
    [InlineData("''", "")]
    [InlineData("'AND or Not'", "AND or Not")]
    public void Text(string expression, string expected) => CesqlCases.Check(expression, expected, null, "");

    [Theory]
    [InlineData("", 0, "found the end, expected an attribute, a value or a function")]
    [InlineData("4 -1", 2, "a sign that touches a digit is the number's")]
    [InlineData("hop-1", 3, "a sign that touches a digit is the number's")]
    [InlineData("2147483648", 0, "is not within")]
    [InlineData("-2147483649", 0, "is not within")]
    [InlineData("ABC(1, ", 7, "found the end")]
    [InlineData("ABC(1 2)", 6, "expected \",\" or \")\"")]
    [InlineData("x LIKE y", 7, "expected a pattern in quotes")]
    [InlineData("x LIKE", 6, "expected a pattern in quotes")]
    [InlineData("x IN ()", 7, "must not be empty")]
    [InlineData("x IN 1", 5, "expected \"(\"")]
    [InlineData("EXISTS 'x'", 7, "expected an attribute's name")]
    [InlineData("EXISTS (x)", 7, "expected an attribute's name")]
    [InlineData("my_ext = 1", 7, "after a function's name")]
    [InlineData("a.b", 1, "expected an operator or the end")]
    [InlineData("(a", 2, "expected \")\"")]
    [InlineData("a)", 1, "expected an operator or the end")]
    [InlineData("'abc", 0, "expected an attribute")]
    [InlineData("a == 1", 3, "expected an attribute")]
    [InlineData("a ! b", 2, "expected an operator")]
    [InlineData("f1(2)", 0, "is not a function's name")]
    [InlineData("AND", 0, "expected an attribute")]
    [InlineData("a AND", 5, "found the end")]
    [InlineData("a NOT b", 2, "expected an operator or the end")]
    [InlineData("in = 1", 0, "expected an attribute")]
    public void What_is_no_expression_is_said_with_its_place(string text, int position, string message)
    {
        CesqlExpression.TryParse(text, out var expression, out var error).ShouldBeFalse();
        expression.ShouldBeNull();
        error!.Kind.ShouldBe(CesqlErrorKind.Parse);
        error.Position.ShouldBe(position, error.Message);
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void Depth_has_a_limit_and_length_of_a_chain_has_none()
    {
        CesqlExpression.TryParse(string.Concat(Enumerable.Repeat("(", 10_000)) + "1", out _, out var deep).ShouldBeFalse();
        deep!.Message.ShouldContain("nested more than");
        CesqlExpression.TryParse(string.Concat(Enumerable.Repeat("NOT ", 10_000)) + "a", out _, out _).ShouldBeFalse();
        CesqlExpression.TryParse("1" + string.Concat(Enumerable.Repeat(" + 1", 10_000)), out _, out _).ShouldBeFalse();
        CesqlExpression.TryParse(new string(' ', CesqlExpression.MaxLength + 1), out _, out _).ShouldBeFalse();

        var chain = string.Join(" OR ", Enumerable.Range(0, 3000).Select(i => $"id = '{i}'"));
        CesqlCases.Parse(chain).Matches(CesqlCases.Event("\"id\":\"2999\"")).ShouldBeTrue();
    }

    [Fact]
    public void Any_heap_of_tokens_is_an_expression_or_an_error_and_filtering_agrees_with_evaluating()
    {
        string[] tokens =
        [
            "a", "id", "missing", "1", "-2", "+", "-", "*", "/", "%", "=", "!=", "<>", "<", "<=", ">", ">=", "(", ")", "(", ")", ",", "AND", "OR", "XOR", "NOT",
            "LIKE", "IN", "EXISTS", "'x%'", "\"y\"", "TRUE", "FALSE", "LENGTH(", "CONCAT(", "ABS(", "INT(", "SUBSTRING(", "\\", "'", "é", "_", "9z",
        ];
        var cloudEvent = CesqlCases.Event("\"a\":\"1\"");
        Prop.ForAll(Gen.Elements(tokens).ArrayOf().ToArbitrary(), heap =>
        {
            var text = string.Join(heap.Length % 2 == 0 ? " " : "", heap);
            if (!CesqlExpression.TryParse(text, out var expression, out var error))
            {
                error!.Position.ShouldBeInRange(0, text.Length);
                return;
            }
            var result = expression.Evaluate(cloudEvent);
            expression.Matches(cloudEvent).ShouldBe(result.Errors.Count == 0 && result.Value is { Type: CesqlType.Boolean, AsBoolean: true }, text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(4_000).WithEndSize(12));
    }
}
