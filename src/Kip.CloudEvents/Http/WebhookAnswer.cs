namespace Kip.CloudEvents.Http;

/// <summary>What a target answers to the OPTIONS request of a sender. Only the headers are consent; the status proves nothing.</summary>
/// <param name="Status">200, or 400 for a request that is not a handshake.</param>
/// <param name="AllowedOrigin">The value of WebHook-Allowed-Origin; null when the header is left out: no consent.</param>
/// <param name="AllowedRate">The value of WebHook-Allowed-Rate; null together with the origin.</param>
/// <param name="Error">Why the request is not a handshake; null otherwise.</param>
public sealed record WebhookAnswer(int Status, string? AllowedOrigin, string? AllowedRate, string? Error = null);
