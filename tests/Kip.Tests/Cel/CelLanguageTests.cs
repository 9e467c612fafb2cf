using Shouldly;

namespace Kip.Tests.Cel;

/// <summary>The language by the sections of its definition: literals, logic, arithmetic, comparisons, members, macros.</summary>
public sealed class CelLanguageTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("42u", "42")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("9223372036854775808", "problem: ERROR: <input>:1:1: Syntax error: invalid int literal")]
    [InlineData("0x55555555", "1431655765")]
    [InlineData("-0x55", "-85")]
    [InlineData("1.25e2", "125")]
    [InlineData(".5", "0.5")]
    [InlineData("1e-9", "1e-09")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("'a' + \"b\"", "ab")]
    [InlineData("'''line\n\"two\"'''", "line\n\"two\"")]
    [InlineData(@"'\x41\u00e9\U0001F60A\101\n'", "Aé😊A\n")]
    [InlineData(@"r'\n' + R""\d""", @"\n\d")]
    [InlineData(@"b'\xff\303' == b'\377\xc3'", "true")]
    [InlineData("b'é' == b'\\xc3\\xa9'", "true")]
    [InlineData("[1, 2, 3,]", "[1, 2, 3]")]
    [InlineData("{'b': 1, 'a': [true]}", "{a: [true], b: 1}")]
    [InlineData("// what follows counts\n 1 // not this", "1")]
    [InlineData("'open", "problem: ERROR: <input>:1:1: Syntax error: a quoted text does not end")]
    [InlineData(@"'\q'", "problem: ERROR: <input>:1:2: Syntax error: an escape that is not known")]
    [InlineData("1 +", "problem: ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting '('")]
    [InlineData("1 2", "problem: ERROR: <input>:1:3: Syntax error: unexpected '2'")]
    [InlineData("a # b", "problem: ERROR: <input>:1:3: Syntax error: token recognition error at: '#'")]
    [InlineData("for", "problem: ERROR: <input>:1:1: reserved identifier: for")]
    [InlineData("nobody", "problem: ERROR: <input>:1:1: undeclared reference to 'nobody' (in container '')")]
    [InlineData("Message{field: 1}", "problem: ERROR: <input>:1:8: messages cannot be made: there are none here")]
    public void Literals_mean_what_they_say(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("true && false || true", "true")]
    [InlineData("!(1 == 2) && !false", "true")]
    [InlineData("!!true", "true")]
    [InlineData("false && 1 / 0 > 0", "false")]
    [InlineData("1 / 0 > 0 && false", "false")]
    [InlineData("1 / 0 > 0 || true", "true")]
    [InlineData("1 / 0 > 0 || false", "error: division by zero")]
    [InlineData("true && 1 % 0 == 0", "error: modulus by zero")]
    [InlineData("dyn(1) && true", "error: no such overload")]
    [InlineData("dyn(1) || true", "true")]
    [InlineData("true ? 1 : 1 / 0", "1")]
    [InlineData("false ? 1 / 0 : 2", "2")]
    [InlineData("false ? 1 : false ? 3 : 2", "2")]
    [InlineData("1 / 0 > 0 ? 1 : 2", "error: division by zero")]
    [InlineData("1 && true", "problem: ERROR: <input>:1:1: found no matching overload for '_&&_' applied to '(int)'")]
    [InlineData("true ? 1 : 'a'", "problem: ERROR: <input>:1:6: found no matching overload for '_?_:_' applied to '(bool, int, string)'")]
    public void Logic_decides_with_what_it_has(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("1 + 2 * 3 - 4 / 2", "5")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("7 / -2", "-3")]
    [InlineData("-7 % 3", "-1")]
    [InlineData("7u / 2u", "3")]
    [InlineData("9223372036854775807 + 1", "error: integer overflow")]
    [InlineData("-9223372036854775808 - 1", "error: integer overflow")]
    [InlineData("-9223372036854775808 / -1", "error: integer overflow")]
    [InlineData("-(-9223372036854775808)", "error: integer overflow")]
    [InlineData("1u - 2u", "error: unsigned integer overflow")]
    [InlineData("1.5 * 2.0", "3")]
    [InlineData("1.0 / 0.0", "Infinity")]
    [InlineData("0.0 / 0.0 == 0.0 / 0.0", "false")]
    [InlineData("[1] + [2, 3]", "[1, 2, 3]")]
    [InlineData("b'a' + b'b' == b'ab'", "true")]
    [InlineData("1 + 1.0", "problem: ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, double)'")]
    [InlineData("dyn(1) + 1.0", "error: no such overload")]
    [InlineData("'a' * 2", "problem: ERROR: <input>:1:5: found no matching overload for '_*_' applied to '(string, int)'")]
    public void Sums_and_products_keep_to_their_types(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 != 2", "true")]
    [InlineData("1 < 1.5 && 2u > 1 && -1 < 1u", "true")]
    [InlineData("9223372036854775807 < 9223372036854775808.0", "true")]
    [InlineData("dyn(1) == 1.0 && dyn(1u) == 1 && dyn(1.5) != 1", "true")]
    [InlineData("dyn(1) == '1'", "false")]
    [InlineData("'a' < 'b' && 'Z' < 'a' && '' < 'a'", "true")]
    [InlineData("'\\U0001F60A' > '\\uffee'", "true")]
    [InlineData("b'a' < b'b' && false < true", "true")]
    [InlineData("[1, 'a', [2]] == [1.0, 'a', [2u]]", "true")]
    [InlineData("[1, 2] == [2, 1]", "false")]
    [InlineData("{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true")]
    [InlineData("dyn({1: 'a'}) == {1u: 'a'}", "true")]
    [InlineData("0.0 / 0.0 < 1.0", "false")]
    [InlineData("null == null && dyn(1) != null", "true")]
    [InlineData("'a' == 1", "problem: ERROR: <input>:1:5: found no matching overload for '_==_' applied to '(string, int)'")]
    [InlineData("1 < 'a'", "problem: ERROR: <input>:1:3: found no matching overload for '_<_' applied to '(int, string)'")]
    [InlineData(
        "2 in [1, 2] && !(3 in [1, 2]) && 2.0 in [1, 2]",
        "problem: ERROR: <input>:1:38: found no matching overload for '@in' applied to '(double, list(int))'")]
    [InlineData("2 in [1, 2] && dyn(2.0) in [1, 2]", "true")]
    [InlineData("'a' in {'a': 1} && !('b' in {'a': 1})", "true")]
    public void Comparisons_know_numbers_by_their_worth(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("x.a.b", "[1, null]")]
    [InlineData("x['a'].b[0]", "1")]
    [InlineData("x.a.b[1] == null", "true")]
    [InlineData("x.a.b[1.0] == null", "true")]
    [InlineData("x.a.b[2]", "error: index out of bounds: 2")]
    [InlineData("x.a.b[-1]", "error: index out of bounds: -1")]
    [InlineData("x.a.c", "error: no such key: c")]
    [InlineData("x['a.b']", "true")]
    [InlineData("x.half + 0.5", "1")]
    [InlineData("has(x.a.b) && !has(x.a.c)", "true")]
    [InlineData("has(x.q.r)", "error: no such key: q")]
    [InlineData("has(x)", "problem: ERROR: <input>:1:5: invalid argument to has() macro")]
    [InlineData("size(x) == 3 && x.a.size() == 1 && size('añ😊') == 3 && b'añ'.size() == 3", "true")]
    [InlineData("{'a': 1}.a + {'b': 2}['b']", "3")]
    [InlineData("{1: 'int', 2u: 'uint'}[2]", "uint")]
    [InlineData("{'a': 1, 'a': 2}", "error: Failed with repeated key: a")]
    [InlineData("[1][0].a", "problem: ERROR: <input>:1:7: type 'int' does not support field selection")]
    public void Members_are_found_by_name_and_place(string expression, string expected) =>
        CelAnswers.Run(expression, """{"a": {"b": [1, null]}, "a.b": true, "half": 0.5}""").ShouldBe(expected);

    [Theory]
    [InlineData("[1, 2, 3].all(n, n > 0)", "true")]
    [InlineData("[].all(n, false)", "true")]
    [InlineData("[1, 0].all(n, 1 / n > 5)", "false")]
    [InlineData("[0, 1].all(n, 1 / n > 0)", "error: division by zero")]
    [InlineData("[0, 1].exists(n, 1 / n > 0)", "true")]
    [InlineData("[].exists(n, true)", "false")]
    [InlineData("['a', 'b', 'b'].exists_one(t, t == 'a') && !['b', 'b'].exists_one(t, t == 'b')", "true")]
    [InlineData("{'a': 1, 'b': 2}.all(key, key in ['a', 'b'])", "true")]
    [InlineData("[1, 2, 3].map(n, n * n)", "[1, 4, 9]")]
    [InlineData("[1, 2, 3].map(n, n > 1, n * n)", "[4, 9]")]
    [InlineData("[1, 2, 3].filter(n, n % 2 == 1)", "[1, 3]")]
    [InlineData("[[1, 2], [3]].map(n, n.map(n, n + 1))", "[[2, 3], [4]]")]
    [InlineData("[1, 2].exists(n, [1, 2].exists(m, n + m == 4))", "true")]
    [InlineData("{'a': 1}.map(key, key + '!')", "[a!]")]
    [InlineData("[1, 2].all(i, n, i + 1 == n) && {'a': 1}.all(k, v, k == 'a' && v == 1)", "true")]
    [InlineData("[0, 1].exists(i, n, 1 / n > i - 1) && !{'a': 1}.exists(k, v, v == 2)", "true")]
    [InlineData("['a', 'b'].existsOne(i, t, i == 1) && !['a', 'b'].exists_one(i, t, i < 2)", "true")]
    [InlineData("[5, 6].transformList(i, n, n * 10 + i) + {'a': 1}.transformList(k, v, v)", "[50, 61, 1]")]
    [InlineData("[5, 6, 7].transformList(i, n, i != 1, n)", "[5, 7]")]
    [InlineData("['a', 'b'].transformMap(i, t, t + '!')", "{0: a!, 1: b!}")]
    [InlineData("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 2)", "{b: 4}")]
    [InlineData("['x', 'y'].transformMapEntry(i, t, {t: i})", "{x: 0, y: 1}")]
    [InlineData("['x', 'x', 'y'].transformMapEntry(i, t, i > 0, {t: i})", "{x: 1, y: 2}")]
    [InlineData("['x', 'x'].transformMapEntry(i, t, {t: i})", "error: insert failed: key x already exists")]
    [InlineData("[1, 2].transformMap(i, n, 1 / i)", "error: division by zero")]
    [InlineData("[1].transformMapEntry(i, n, n)", "problem: ERROR: <input>:1:22: found no matching overload for 'transformMapEntry' applied to '(int)'")]
    [InlineData("[1].all(n, n, true)", "problem: ERROR: <input>:1:12: duplicate variable name: n")]
    [InlineData("[1].all(i, n, n > 0) && i > 0", "problem: ERROR: <input>:1:25: undeclared reference to 'i' (in container '')")]
    [InlineData("cel.bind(n, 2 + 3, n * n)", "25")]
    [InlineData("[1].all(n + 1, true)", "problem: ERROR: <input>:1:11: argument must be a simple name")]
    [InlineData("[1].all(n, n)", "problem: ERROR: <input>:1:12: found no matching overload for 'all' applied to '(int)'")]
    [InlineData(
        "1.0.all(n, true)",
        "problem: ERROR: <input>:1:8: expression of type 'double' cannot be range of a comprehension (must be list, map, or dynamic)")]
    [InlineData("[1].all(n, n > 0) && n > 0", "problem: ERROR: <input>:1:22: undeclared reference to 'n' (in container '')")]
    public void Macros_go_through_lists_and_maps(string expression, string expected) => CelAnswers.Run(expression).ShouldBe(expected);

    [Theory]
    [InlineData("x.?a", "some 1")]
    [InlineData("x.?b", "nothing")]
    [InlineData("x.?b.c", "nothing")]
    [InlineData("x[?'a'].orValue(7) + x.?b.orValue(7)", "8")]
    [InlineData("[1][?4].hasValue()", "false")]
    [InlineData("x.?b.or(x.?a).value()", "1")]
    [InlineData("x.?b.value()", "error: optional.none() dereference")]
    [InlineData("x.?a.optMap(n, n + 1)", "some 2")]
    [InlineData("x.?a.optFlatMap(n, optional.none())", "nothing")]
    [InlineData("optional.of(3).value() + optional.ofNonZeroValue(0).orValue(4)", "7")]
    [InlineData("has(x.?b.c)", "false")]
    public void Optionals_are_something_or_nothing(string expression, string expected) => CelAnswers.Run(expression, """{"a": 1}""").ShouldBe(expected);

    [Fact]
    public void A_problem_shows_the_line_and_the_place()
    {
        Kip.Rules.Cel.CelExpression.Compile("true &&\n  nobody > 1", [], out var problem).ShouldBeNull();
        problem.ShouldBe("ERROR: <input>:2:3: undeclared reference to 'nobody' (in container '')\n |   nobody > 1\n | ..^");
    }

    [Fact]
    public void What_costs_too_much_is_stopped()
    {
        var all = string.Join(", ", Enumerable.Range(0, 100));
        var nested = $"[{all}].all(a, [{all}].all(b, [{all}].all(c, [{all}].all(d, a + b + c + d >= 0))))";

        CelAnswers.Run(nested).ShouldBe("error: operation cancelled: actual cost limit exceeded");
        CelAnswers.Run("'aaaaaaaaaaaaaaaa'.replace('', x).replace('', x).replace('', x).replace('', x)", $"\"{new string('a', 1000)}\"")
            .ShouldBe("error: operation cancelled: actual cost limit exceeded");
    }

    [Fact]
    public void Depth_has_a_limit_and_conditions_in_a_row_have_none()
    {
        CelAnswers.Run(string.Join(" && ", Enumerable.Repeat("true", 5000))).ShouldBe("true");
        CelAnswers.Run(string.Join(" + ", Enumerable.Repeat("1", 5000))).ShouldEndWith("expression recursion limit exceeded: 250");
        CelAnswers.Run(new string('(', 5000) + "1").ShouldEndWith("expression recursion limit exceeded: 250");
        CelAnswers.Run(new string('!', 5000) + "true").ShouldEndWith("expression recursion limit exceeded: 250");
        CelAnswers.Run(new string('[', 5000)).ShouldEndWith("expression recursion limit exceeded: 250");
    }
}
