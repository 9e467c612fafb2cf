using System.Text.Json;
using Kip.Host.Observability;
using Kip.Testing.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Kip.Tests.Observability;

/// <summary>Log lines for machines.</summary>
public sealed class JsonLogTests
{
    [Fact]
    public void A_line_has_Knatives_keys_and_the_values_of_its_message()
    {
        using var text = new StringWriter();
        var state = new List<KeyValuePair<string, object?>> { new("revision", "default/a"), new("{OriginalFormat}", "…") };
        var entry = new LogEntry<List<KeyValuePair<string, object?>>>(
            LogLevel.Warning, "Kip.Traffic", new(7), state, new InvalidOperationException("why"), static (_, _) => "It \"said\" so");

        new JsonLogFormatter(new ManualTimeProvider()).Write(entry, text);

        var line = JsonDocument.Parse(text.ToString()).RootElement;
        line.GetProperty("severity").GetString().ShouldBe("WARNING");
        line.GetProperty("logger").GetString().ShouldBe("Kip.Traffic");
        line.GetProperty("message").GetString().ShouldBe("It \"said\" so");
        line.GetProperty("revision").GetString().ShouldBe("default/a");
        line.GetProperty("event").GetInt32().ShouldBe(7);
        line.GetProperty("stacktrace").GetString()!.ShouldContain("why");
        line.TryGetProperty("timestamp", out _).ShouldBeTrue();
        line.TryGetProperty("{OriginalFormat}", out _).ShouldBeFalse();
    }
}
