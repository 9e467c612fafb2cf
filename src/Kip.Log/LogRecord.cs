namespace Kip.Log;

/// <summary>One record as read back.</summary>
/// <param name="Sequence">Its place in the log: the first is 1, and no number is left out except by damage.</param>
/// <param name="Payload">Its bytes, valid until the reader that gave them is used again.</param>
public readonly record struct LogRecord(ulong Sequence, ReadOnlyMemory<byte> Payload);
