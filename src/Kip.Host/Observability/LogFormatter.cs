using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Host.Observability;

/// <summary>How a line of the log looks.</summary>
internal abstract class LogFormatter
{
    /// <summary>Writes one entry with its line ending.</summary>
    public abstract void Write<TState>(in LogEntry<TState> logEntry, TextWriter textWriter);
}
