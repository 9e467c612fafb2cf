using Microsoft.Extensions.Logging;

namespace Kip.Testing.Logging;

/// <summary>Keeps what is logged, as lines such as <c>Warning: text</c>, for a test to look at.</summary>
/// <param name="lowest">What is less important is not kept.</param>
public sealed class RecordedLogs(LogLevel lowest = LogLevel.Information) : ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock) return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("it only records");

    public void Dispose()
    {
    }

    private sealed class Logger(RecordedLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= logs.Lowest;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            lock (logs._lock) logs._lines.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }

    private LogLevel Lowest { get; } = lowest;
}
