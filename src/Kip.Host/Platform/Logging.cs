using Kip.Host.Observability;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Platform;

/// <summary>What the platform says of itself, on stderr: one line each, warnings and errors unless <c>$KIP_LOG</c> asks for more.</summary>
internal static class Logging
{
    /// <summary><c>KIP_LOG=debug|info|warning|error</c>.</summary>
    public const string Variable = "KIP_LOG";

    /// <summary><c>KIP_LOG_FORMAT=json</c>: objects with Knative's keys, one to a line; else a line of text.</summary>
    public const string FormatVariable = "KIP_LOG_FORMAT";

    public static ILoggerFactory Make()
    {
        var isJson = Environment.GetEnvironmentVariable(FormatVariable) == "json";
        LogFormatter formatter = isJson ? new JsonLogFormatter(TimeProvider.System) : new TextLogFormatter(TimeProvider.System);
        return new LogLines(formatter, Level(Environment.GetEnvironmentVariable(Variable)), Console.Error);
    }

    private static LogLevel Level(string? name) => name?.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "error" => LogLevel.Error,
        _ => LogLevel.Warning,
    };
}
