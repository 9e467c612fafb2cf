using System.Text.Json;
using Kip.Rules.Cel;
using Kip.Rules.Cel.Functions;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Tests.Cel;

/// <summary>Runs expressions over a variable <c>x</c> of which nothing is known before.</summary>
internal static class CelAnswers
{
    /// <summary>The value as <c>%s</c> writes it, or <c>error: …</c>; null <paramref name="json"/>: there is no x.</summary>
    public static string Run(string expression, string? json = null, long budget = 1_000_000)
    {
        var compiled = CelExpression.Compile(expression, [new("x", CelType.Dyn)], out var problem);
        if (compiled is null) return $"problem: {problem!.Split('\n')[0]}";
        using var document = JsonDocument.Parse(json ?? "null");
        return Text(compiled.Evaluate([json is null ? null : CelJson.Of(document.RootElement)], new CelBudget(budget)));
    }

    private static string Text(CelValue value) => value switch
    {
        CelError error => $"error: {error.Message}",
        CelOptional { Value: null } => "nothing",
        CelOptional { Value: { } inner } => $"some {Text(inner)}",
        _ => TextFormat.Write("%s", new CelItems([value]), new CelBudget(1_000_000)) is CelText text ? text.Value : value.ToString(),
    };
}
