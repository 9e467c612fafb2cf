namespace Kip.Conformance;

/// <summary>The platform does not behave as a case says; the message tells what was expected and what was seen.</summary>
public sealed class CaseFailedException(string message) : Exception(message);

/// <summary>A case cannot be asked of this target; the message tells why.</summary>
public sealed class CaseSkippedException(string reason) : Exception(reason);
