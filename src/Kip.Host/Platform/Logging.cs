using Kip.Host.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

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
        var level = Level(Environment.GetEnvironmentVariable(Variable));
        var isJson = Environment.GetEnvironmentVariable(FormatVariable) == "json";
        return LoggerFactory.Create(logging =>
        {
            logging.SetMinimumLevel(level);
            // The web server's own messages are about sockets, not about services.
            logging.AddFilter("Microsoft", level < LogLevel.Information ? level : LogLevel.Warning);
            // A port that cannot be had is an error that whoever started it says in one sentence; the web host would print its stack before.
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level < LogLevel.Information ? level : LogLevel.Critical);
            if (isJson) AddJson(logging);
            else AddText(logging);
            logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        });
    }

    private static void AddText(ILoggingBuilder logging) => logging.AddSimpleConsole(static console =>
    {
        console.SingleLine = true;
        console.UseUtcTimestamp = true;
        console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        console.ColorBehavior = LoggerColorBehavior.Disabled;
    });

    private static void AddJson(ILoggingBuilder logging)
    {
        logging.Services.AddSingleton(TimeProvider.System);
        logging.AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
        logging.AddConsole(static console => console.FormatterName = JsonLogFormatter.FormatterName);
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
