using System.Runtime.CompilerServices;
using System.Text.Json;
using Kip.Resources;
using Kip.Resources.Yaml;
using Kip.Rules.Eventing.Cesql;
using Shouldly;

namespace Kip.Tests.Eventing.Cesql;

/// <summary>
/// The ground that the published kit of CESQL covers (<c>cesql/cesql_tck</c> in cloudevents/spec), file by file under its names and case by case,
/// with examples of our own.
/// </summary>
/// <remarks>
/// A row has an expression, its result, the error beside it, and attributes of the event that are not as usual. <c>parse</c>: it is no expression.
/// </remarks>
public sealed class CesqlTckTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder(), "*.yaml").Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_case_yields_its_result_and_its_error(string file)
    {
        var document = YamlReader.Read(File.ReadAllText(Path.Combine(Folder(), file + ".yaml"))).Single()!;
        var rows = JsonDocument.Parse(NodeJson.Write(document.Root)).RootElement.EnumerateArray().ToList();
        rows.ShouldNotBeEmpty();
        foreach (var row in rows) Check(row);
    }

    private static void Check(JsonElement row)
    {
        var expression = row.GetProperty("expression").GetString()!;
        var error = row.TryGetProperty("error", out var kind) ? kind.GetString() : null;
        if (error == "parse")
        {
            CesqlExpression.TryParse(expression, out _, out _).ShouldBeFalse(expression);
            return;
        }
        var members = row.TryGetProperty("event", out var attributes)
            ? string.Join(",", attributes.EnumerateObject().Select(static a => $"\"{a.Name}\":{a.Value.GetRawText()}"))
            : "";
        CesqlCases.Check(expression, Plain(row.GetProperty("result")), error is null ? null : Enum.Parse<CesqlErrorKind>(error, ignoreCase: true), members);
    }

    private static object Plain(JsonElement result) => result.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => result.GetInt32(),
        _ => result.GetString()!,
    };

    private static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Tck");
}
