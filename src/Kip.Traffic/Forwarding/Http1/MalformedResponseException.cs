namespace Kip.Traffic.Forwarding.Http1;

/// <summary>A pod sent something that is not HTTP/1.1, or more than it may.</summary>
internal sealed class MalformedResponseException(string message) : IOException(message);
