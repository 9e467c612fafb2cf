using System.Text;
using Kip.Resources.Yaml;
using Shouldly;

namespace Kip.Tests.Resources.Yaml;

public class YamlTests
{
    [Theory]
    [InlineData("", "Null null")]
    [InlineData("~", "Null null")]
    [InlineData("true", "Bool true")]
    [InlineData("yes", "Bool true")]
    [InlineData("On", "Bool true")]
    [InlineData("n", "Bool false")]
    [InlineData("OFF", "Bool false")]
    [InlineData("yEs", "String yEs")]
    [InlineData("0", "Integer 0")]
    [InlineData("-0", "Integer 0")]
    [InlineData("42", "Integer 42")]
    [InlineData("+42", "Integer 42")]
    [InlineData("-42", "Integer -42")]
    [InlineData("1_000", "Integer 1000")]
    [InlineData("0777", "Integer 511")]
    [InlineData("0o17", "Integer 15")]
    [InlineData("0x1F", "Integer 31")]
    [InlineData("0b101", "Integer 5")]
    [InlineData("089", "Float 89")]
    [InlineData("1.50", "Float 1.5")]
    [InlineData("12e3", "Float 12000")]
    [InlineData(".5", "Float 0.5")]
    [InlineData("1.2.3", "String 1.2.3")]
    [InlineData("1Gi", "String 1Gi")]
    [InlineData("12:30", "String 12:30")]
    [InlineData("2026-01-31", "String 2026-01-31")]
    [InlineData("2026-01-31T00:00:00Z", "String 2026-01-31T00:00:00Z")]
    [InlineData("1e999", "String 1e999")]
    [InlineData(".inf", "String .inf")]
    public void An_unquoted_scalar_is_what_kubernetes_takes_it_for(string plain, string expected)
    {
        var (kind, text) = YamlScalars.Resolve(plain);
        $"{kind} {text}".ShouldBe(expected);
    }

    [Theory]
    [InlineData("\"on\"")]
    [InlineData("'on'")]
    [InlineData("!!str on")]
    [InlineData("|-\n  on")]
    public void What_is_quoted_stays_a_string(string written) =>
        ((MapNode)YamlReader.Read($"a: {written}\n")[0]!.Root).Get("a").ShouldBeOfType<ScalarNode>().Kind.ShouldBe(ScalarKind.String);

    [Fact]
    public void A_document_is_written_in_the_form_people_know() =>
        YamlWriter.Write(YamlReader.Read("{a: 1, list: [x, {k: v, l: []}, [1, 2]], empty: {}, "
            + "text: \"one\\ntwo\\n\", trap: \"on\", z: null}")[0]!.Root).ShouldBe("""
            a: 1
            list:
            - x
            - k: v
              l: []
            - - 1
              - 2
            empty: {}
            text: |
              one
              two
            trap: "on"
            z: null

            """);

    [Fact]
    public void Whatever_is_written_is_read_back()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var random = new Random(seed);
            var node = Make(random, 0, rootIsMap: true);
            var yaml = YamlWriter.Write(node);
            Should.NotThrow(() => Canonical(YamlReader.Read(yaml)[0]!.Root), $"seed {seed}:\n{yaml}").ShouldBe(Canonical(node), $"seed {seed}:\n{yaml}");
        }
    }

    private static string Canonical(DocumentNode node) => Encoding.UTF8.GetString(NodeJson.Write(node));

    private static DocumentNode Make(Random random, int depth, bool rootIsMap = false)
    {
        var choice = rootIsMap ? 0 : random.Next(depth > 4 ? 3 : 7) switch { 0 or 1 or 2 => 2, 3 or 4 => 1, _ => 0 };
        if (choice == 2) return Scalar(random);
        if (choice == 1) return new ListNode(0) { Items = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Make(random, depth + 1))] };
        var map = new MapNode(0);
        for (var i = random.Next(rootIsMap ? 1 : 0, 5); i > 0; i--) map.Set(Text(random), Make(random, depth + 1));
        return map;
    }

    private static ScalarNode Scalar(Random random) => random.Next(6) switch
    {
        0 => new ScalarNode(0, ScalarKind.Integer, $"{random.Next(-1000, 1000)}", ""),
        1 => new ScalarNode(0, ScalarKind.Bool, random.Next(2) == 0 ? "true" : "false", ""),
        2 => new ScalarNode(0, ScalarKind.Null, "null", ""),
        _ => ScalarNode.String(Text(random)),
    };

    private static string Text(Random random)
    {
        string[] pieces =
        [
            "a", " ", "\n", ":", "-", "#", "'", "\"", "on", "1", "{", "}", "é", "\t", "|", ">", "&", "*", "!", "%", "@", "~", "\\", "🐟", "\u0085", ",",
            "word", "  ", "\r", "<<", "=", "---", "...",
        ];
        return string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
