using System.Text;
using Kip.CloudEvents;
using Kip.CloudEvents.Formats;
using Kip.Rules.Eventing.Cesql;
using Shouldly;

namespace Kip.Tests.Eventing.Cesql;

/// <summary>Evaluates an expression for an event and compares what it yields.</summary>
internal static class CesqlCases
{
    /// <summary>An event in the JSON format, its required attributes filled in.</summary>
    internal static CloudEvent Event(string members = "")
    {
        var required = """ "specversion":"1.0" """;
        foreach (var name in new[] { "id", "source", "type" })
        {
            if (!members.Contains($"\"{name}\":")) required += $",\"{name}\":\"{name}1\"";
        }
        var json = "{" + required + (members.Length == 0 ? "" : ",") + members + "}";
        EventFormat.Json.TryRead(Encoding.UTF8.GetBytes(json), CloudEventStrictness.Specification, out var read, out var error).ShouldBeTrue(error?.ToString());
        return read!;
    }

    /// <param name="expected">A bool, an int or a string: the type counts.</param>
    internal static void Check(string expression, object expected, CesqlErrorKind? error, string members)
    {
        var cloudEvent = Event(members);
        var result = Parse(expression).Evaluate(cloudEvent);
        Plain(result.Value).ShouldBe(expected, expression);
        result.Errors.Select(e => (CesqlErrorKind?)e.Kind).Distinct().ShouldBe(error is null ? [] : [error]);
        Parse(expression).Matches(cloudEvent).ShouldBe(error is null && expected is true);
    }

    internal static CesqlExpression Parse(string text)
    {
        CesqlExpression.TryParse(text, out var expression, out var error).ShouldBeTrue($"{text}: {error}");
        return expression!;
    }

    private static object Plain(CesqlValue value) => value.Type switch
    {
        CesqlType.Boolean => value.AsBoolean,
        CesqlType.Integer => value.AsInteger,
        _ => value.AsString,
    };
}
