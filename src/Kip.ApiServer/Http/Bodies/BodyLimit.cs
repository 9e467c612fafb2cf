namespace Kip.ApiServer.Http.Bodies;

/// <summary>How large the body of a request may be.</summary>
internal sealed record BodyLimit(int Bytes);
