namespace Kip.Traffic.Forwarding;

/// <summary>How one attempt to forward a request ended.</summary>
public enum ForwardOutcome
{
    /// <summary>The response went to the client.</summary>
    Done,

    /// <summary>No connection to the pod: nothing was sent.</summary>
    ConnectFailed,

    /// <summary>The connection broke before any byte of a response.</summary>
    BrokenBeforeResponse,

    /// <summary>The pod began to answer, but not in HTTP.</summary>
    MalformedResponse,

    /// <summary>It broke in the middle of the response: the client's connection has been cut, so that it can tell.</summary>
    BrokenResponse,

    /// <summary>The client's part of the request was not right, or larger than allowed.</summary>
    BadRequestBody,

    /// <summary>The client has gone, or the time is up.</summary>
    Cancelled,
}
