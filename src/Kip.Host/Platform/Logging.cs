using Kip.Host.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Kip.Host.Platform;

/// <summary>What the platform says of itself, on stderr: one line each, warnings and errors unless <c>$KIP_LOG</c> asks for more.</summary>
internal static class Logging
{
    /// <summary><c>KIP_LOG=debug|info|warning|error</c>.</summary>
    public const string Variable = "KIP_LOG";

    /// <summary><c>KIP_LOG_FORMAT=json</c>: objects with Knative's keys, one to a line; else a line of text.</summary>
    public const string FormatVariable = "KIP_LOG_FORMAT";

    // Made by hand: the library's builder comes with dependency injection and configuration, which nothing else here needs.
    public static ILoggerFactory Make()
    {
        var isJson = Environment.GetEnvironmentVariable(FormatVariable) == "json";
        var options = new ConsoleLoggerOptions
        {
            FormatterName = isJson ? JsonLogFormatter.FormatterName : TextLogFormatter.FormatterName, LogToStandardErrorThreshold = LogLevel.Trace,
        };
        ConsoleFormatter formatter = isJson ? new JsonLogFormatter(TimeProvider.System) : new TextLogFormatter(TimeProvider.System);
        return new LoggerFactory(
            [new ConsoleLoggerProvider(new FixedOptions(options), [formatter])], Filter(Level(Environment.GetEnvironmentVariable(Variable))));
    }

    // The web server's own messages are about sockets, not about services.
    private static LoggerFilterOptions Filter(LogLevel level)
    {
        var filter = new LoggerFilterOptions { MinLevel = level };
        filter.Rules.Add(new(null, "Microsoft", level < LogLevel.Information ? level : LogLevel.Warning, null));
        return filter;
    }

    private static LogLevel Level(string? name) => name?.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "error" => LogLevel.Error,
        _ => LogLevel.Warning,
    };

    private sealed class FixedOptions(ConsoleLoggerOptions options) : IOptionsMonitor<ConsoleLoggerOptions>
    {
        public ConsoleLoggerOptions CurrentValue => options;

        public ConsoleLoggerOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<ConsoleLoggerOptions, string?> listener) => null;
    }
}
