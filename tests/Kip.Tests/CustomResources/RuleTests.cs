using Shouldly;

namespace Kip.Tests.CustomResources;

/// <summary>Rules over the values of a schema: their types, their words, and what is compared with what was.</summary>
public sealed class RuleTests
{
    private const string Numbers = """
        "type": "object", "properties": {"min": {"type": "integer"}, "max": {"type": "integer"}, "share": {"type": "number"},
          "port": {"x-kubernetes-int-or-string": true}, "note": {"type": "string", "nullable": true}}
        """;

    [Theory]
    [InlineData("self.min <= self.max", """{"min": 1, "max": 2}""", "")]
    [InlineData("self.min <= self.max", """{"min": 3, "max": 2}""", "spec: Invalid value: \"object\": failed rule: self.min <= self.max")]
    [InlineData("self.min <= self.max", """{"min": 3}""", "spec: Invalid value: \"object\": no such key: max evaluating rule: self.min <= self.max")]
    [InlineData("!has(self.min) || self.min > 0", "{}", "")]
    [InlineData("self.share * 2.0 == 2.0", """{"share": 1}""", "")]
    [InlineData("type(self.port) == int ? self.port > 0 : self.port == 'http'", """{"port": "http"}""", "")]
    [InlineData("self.port > 0", """{"port": "http"}""", "spec: Invalid value: \"object\": 'no such overload': call arguments did not match a "
        + "supported operator, function or macro signature for rule: self.port > 0")]
    [InlineData("self.note == null", """{"note": null}""", "")]
    public void A_rule_speaks_of_members_with_the_types_of_the_schema(string rule, string spec, string errors) =>
        Rules.Ask(Rules.OfSpec(Numbers, $$"""{"rule": "{{rule}}"}"""), $$"""{"spec": {{spec}}}""").ShouldBe(errors);

    [Theory]
    [InlineData("\"type\": \"string\"", "self.startsWith('a')", "\"b\"", "string")]
    [InlineData("\"type\": \"integer\"", "self % 2 == 0", "3", "integer")]
    [InlineData("\"type\": \"boolean\"", "self", "false", "boolean")]
    [InlineData("\"type\": \"array\", \"items\": {\"type\": \"integer\"}", "self.all(n, n > 0)", "[1, 0]", "array")]
    [InlineData("\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}", "self.all(k, self[k] != '')", "{\"a\": \"\"}", "object")]
    [InlineData("\"type\": \"string\", \"format\": \"date-time\"", "self < timestamp('2000-01-01T00:00:00Z')", "\"2009-02-13T23:31:30Z\"", "string")]
    [InlineData("\"type\": \"string\", \"format\": \"duration\"", "self < duration('1m')", "\"2m\"", "string")]
    [InlineData("\"type\": \"string\", \"format\": \"byte\"", "self == b'hi'", "\"aG8=\"", "string")]
    public void Any_value_may_have_rules(string node, string rule, string value, string type) =>
        Rules.Ask(Rules.OfSpec(node, $$"""{"rule": "{{rule}}"}"""), $$"""{"spec": {{value}}}""")
            .ShouldBe($"spec: Invalid value: \"{type}\": failed rule: {rule}");

    [Theory]
    [InlineData("""{"rule": "false", "message": " too bad "}""", "spec: Invalid value: \"object\": too bad")]
    [InlineData("""{"rule": "false", "message": "a", "messageExpression": "'min is ' + string(self.min)"}""", "spec: Invalid value: \"object\": min is 1")]
    [InlineData("""{"rule": "false", "message": "a", "messageExpression": "string(self.max)"}""", "spec: Invalid value: \"object\": a")]
    [InlineData("""{"rule": "false", "messageExpression": "'two\\nlines'"}""", "spec: Invalid value: \"object\": failed rule: false")]
    [InlineData("""{"rule": "false", "message": "a", "reason": "FieldValueForbidden"}""", "spec: Forbidden: a")]
    [InlineData("""{"rule": "false", "message": "a", "reason": "FieldValueRequired", "fieldPath": ".max"}""", "spec.max: Required value: a")]
    [InlineData("""{"rule": "false", "message": "a", "reason": "FieldValueDuplicate"}""", "spec: Duplicate value: \"object\"")]
    public void A_refusal_says_what_its_author_wants(string rule, string errors) =>
        Rules.Ask(Rules.OfSpec(Numbers, rule), """{"spec": {"min": 1}}""").ShouldBe(errors);

    [Theory]
    [InlineData("self == oldSelf", "3", null, "")]
    [InlineData("self == oldSelf", "3", "3", "")]
    [InlineData("self >= oldSelf", "2", "3", "spec: Invalid value: \"integer\": failed rule: self >= oldSelf")]
    [InlineData("self > 5", "3", "3", "")]
    [InlineData("self > 5", "3", "4", "spec: Invalid value: \"integer\": failed rule: self > 5")]
    public void What_was_is_compared_where_there_was_something(string rule, string now, string? before, string errors) =>
        Rules.Ask(
            Rules.OfSpec("\"type\": \"integer\"", $$"""{"rule": "{{rule}}"}"""), $$"""{"spec": {{now}}}""",
            before is null ? null : $$"""{"spec": {{before}}}""")
            .ShouldBe(errors);

    [Theory]
    [InlineData("3", null, "spec: Invalid value: \"integer\": failed rule: oldSelf.orValue(0) + 1 == self")]
    [InlineData("1", null, "")]
    [InlineData("4", "3", "")]
    public void An_optional_oldSelf_is_asked_for_new_values_too(string now, string? before, string errors) =>
        Rules.Ask(
            Rules.OfSpec("\"type\": \"integer\"", """{"rule": "oldSelf.orValue(0) + 1 == self", "optionalOldSelf": true}"""), $$"""{"spec": {{now}}}""",
            before is null ? null : $$"""{"spec": {{before}}}""").ShouldBe(errors);

    [Fact]
    public void Items_with_keys_are_compared_with_themselves()
    {
        const string Ports = """
            "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "number": {"type": "integer"}},
              "x-kubernetes-validations": [{"rule": "self.number == oldSelf.number", "message": "number is immutable"}]}
            """;

        Rules.Ask(
            Rules.OfSpec(Ports, """{"rule": "size(self) > 0"}"""),
            """{"spec": [{"name": "b", "number": 2}, {"name": "a", "number": 9}, {"name": "c", "number": 3}]}""",
            """{"spec": [{"name": "a", "number": 1}, {"name": "b", "number": 2}]}""").ShouldBe("spec[1]: Invalid value: \"object\": number is immutable");
    }

    [Theory]
    [InlineData("set", "[2, 1]", "[1, 2]", true)]
    [InlineData("atomic", "[2, 1]", "[1, 2]", false)]
    public void Sets_are_equal_in_any_order(string listType, string now, string before, bool same) =>
        Rules.Ask(
            Rules.OfSpec(
                $"\"type\": \"array\", \"x-kubernetes-list-type\": \"{listType}\", \"items\": {{\"type\": \"integer\"}}",
                """{"rule": "self == oldSelf", "message": "changed"}"""),
            $$"""{"spec": {{now}}}""", $$"""{"spec": {{before}}}""").ShouldBe(same ? "" : "spec: Invalid value: \"array\": changed");

    [Fact]
    public void Names_that_are_no_names_are_spelled_out()
    {
        const string Odd = """
            {"type": "object", "properties": {"spec": {"type": "object",
              "properties": {"a-b": {"type": "integer"}, "c.d/e": {"type": "integer"}, "f__g": {"type": "integer"}, "in": {"type": "integer"}},
              "x-kubernetes-validations": [{"rule": "self.a__dash__b + self.c__dot__d__slash__e + self.f__underscores__g + self.__in__ == 10"}]}}}
            """;

        Rules.Define(Odd).ShouldBe("");
        Rules.Ask(Odd, """{"spec": {"a-b": 1, "c.d/e": 2, "f__g": 3, "in": 4}}""").ShouldBe("");
    }

    [Fact]
    public void The_whole_object_has_a_name_and_no_path()
    {
        const string Schema = """
            {"type": "object", "x-kubernetes-validations": [{"rule": "self.metadata.name.size() < 5 && self.kind == 'Tab'", "message": "too long"}]}
            """;

        Rules.Define(Schema).ShouldBe("");
        Rules.Ask(Schema, """{"kind": "Tab", "metadata": {"name": "abcd"}}""").ShouldBe("");
        Rules.Ask(Schema, """{"kind": "Tab", "metadata": {"name": "abcde"}}""").ShouldBe("<nil>: Invalid value: \"object\": too long");
    }

    [Fact]
    public void A_rule_that_costs_too_much_ends_the_asking()
    {
        var items = string.Join(", ", Enumerable.Range(0, 2000));

        Rules.Ask(
            Rules.OfSpec("""
                "type": "array", "items": {"type": "integer"}
                """, """{"rule": "self.all(a, self.all(b, a + b >= 0))"}, {"rule": "false"}"""), $$"""{"spec": [{{items}}]}""")
            .ShouldBe(
                "spec: Invalid value: \"array\": 'operation cancelled: actual cost limit exceeded': "
                + "no further validation rules will be run due to call cost exceeds "
                + "limit for rule: self.all(a, self.all(b, a + b >= 0))");
    }

    [Theory]
    [InlineData(
        """{"rule": "self.mni > 0"}""",
        "rule: Invalid value: \"self.mni > 0\": compilation failed: ERROR: <input>:1:5: undefined field 'mni'\n | self.mni > 0\n | ....^")]
    [InlineData("""{"rule": "self.min"}""", "rule: Invalid value: \"self.min\": cel expression must evaluate to a bool")]
    [InlineData("""{"rule": " "}""", "rule: Required value: rule is not specified")]
    [InlineData("""{"rule": "true", "messageExpression": "1"}""", "messageExpression: Invalid value: \"1\": cel expression must evaluate to a string")]
    [InlineData("""{"rule": "true", "message": "a\nb"}""", "message: Invalid value: \"a\nb\": message must not contain line breaks")]
    [InlineData("""{"rule": "true ||\nfalse"}""", "message: Required value: message must be specified if rule contains line breaks")]
    [InlineData("""{"rule": "true", "reason": "Bad"}""", "reason: Unsupported value: \"Bad\": supported values: \"FieldValueDuplicate\", "
        + "\"FieldValueForbidden\", \"FieldValueInvalid\", \"FieldValueRequired\"")]
    [InlineData("""{"rule": "true", "fieldPath": ".other"}""", "fieldPath: Invalid value: \".other\": fieldPath must be a valid path")]
    [InlineData("""{"rule": "true", "optionalOldSelf": true}""", "optionalOldSelf: Invalid value: \"true\": may not be set if oldSelf is not used in rule")]
    public void A_rule_that_could_not_be_asked_is_refused_with_the_definition(string rule, string error) =>
        Rules.Define(Rules.OfSpec(Numbers, rule.Replace("\n", "\\n", StringComparison.Ordinal)))
            .ShouldBe($"schema.properties[spec].x-kubernetes-validations[0].{error}");

    [Fact]
    public void Items_without_keys_cannot_be_compared_with_what_they_were() =>
        Rules.Define("""
            {"type": "object", "properties": {"list": {"type": "array",
              "items": {"type": "integer", "x-kubernetes-validations": [{"rule": "self == oldSelf"}]}}}}
            """).ShouldBe("schema.properties[list].items.x-kubernetes-validations[0].rule: Invalid value: \"self == oldSelf\": oldSelf cannot be used on the "
                + "uncorrelatable portion of the schema within schema.properties[list].items");

    [Fact]
    public void A_default_must_keep_the_rules() =>
        Rules.Define(Rules.OfSpec("""
            "type": "integer", "default": 3
            """, """{"rule": "self > 5"}""")).ShouldBe("schema.properties[spec].default: Invalid value: 3: Invalid value: \"integer\": failed rule: self > 5");

    [Fact]
    public void Rules_stand_outside_of_junctors() =>
        Rules.Define("""{"type": "object", "allOf": [{"x-kubernetes-validations": [{"rule": "true"}]}]}""")
            .ShouldBe("schema.allOf[0].x-kubernetes-validations: Forbidden: must be empty to be structural");
}
