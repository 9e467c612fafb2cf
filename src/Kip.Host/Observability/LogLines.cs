using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Host.Observability;

/// <summary>Writes what is logged to one place, a line at once, from a level upwards. Thread-safe.</summary>
/// <remarks>
/// The logging library does as much with providers, filters, options and a thread of its own, none of which a platform that logs its warnings to one
/// place needs in memory (decision 0023).
/// </remarks>
/// <param name="formatter">How a line looks.</param>
/// <param name="level">The least that is written; of what the web server says only warnings, unless debugging.</param>
/// <param name="output">Where lines go. Not disposed.</param>
internal sealed class LogLines(LogFormatter formatter, LogLevel level, TextWriter output) : ILoggerFactory
{
    // The web server's own messages are about sockets, not about services.
    private const string WebServer = "Microsoft";

    private readonly Lock _oneAtATime = new();

    public ILogger CreateLogger(string categoryName) => new Category(
        this, categoryName, level == LogLevel.Information && categoryName.StartsWith(WebServer, StringComparison.Ordinal) ? LogLevel.Warning : level);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("lines go to one place only");

    public void Dispose()
    {
        // Every line has been written when it was said.
    }

    private void Write<TState>(in LogEntry<TState> entry)
    {
        using var line = new StringWriter();
        formatter.Write(in entry, line);
        var text = line.ToString();
        lock (_oneAtATime) output.Write(text);
    }

    private sealed class Category(LogLines lines, string name, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Write(new LogEntry<TState>(logLevel, name, eventId, state, exception, formatter));
        }
    }
}
