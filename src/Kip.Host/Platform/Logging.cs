using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Kip.Host.Platform;

/// <summary>What the platform says of itself, on stderr: one line each, warnings and errors unless <c>$KIP_LOG</c> asks for more.</summary>
internal static class Logging
{
    /// <summary><c>KIP_LOG=debug|info|warning|error</c>.</summary>
    public const string Variable = "KIP_LOG";

    public static ILoggerFactory Make()
    {
        var level = Level(Environment.GetEnvironmentVariable(Variable));
        return LoggerFactory.Create(logging => logging
            .SetMinimumLevel(level)
            // The web server's own messages are about sockets, not about services.
            .AddFilter("Microsoft", level < LogLevel.Information ? level : LogLevel.Warning)
            .AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            })
            .Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace));
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
