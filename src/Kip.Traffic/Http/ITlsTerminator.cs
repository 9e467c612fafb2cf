using Microsoft.AspNetCore.Connections;

namespace Kip.Traffic.Http;

/// <summary>Takes the encryption off a client's connection.</summary>
internal interface ITlsTerminator
{
    /// <summary>Shakes hands and returns the connection as its plain text. The connection it came by is that one's to dispose.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The two did not agree.</exception>
    /// <exception cref="IOException">The client went away.</exception>
    Task<ConnectionContext> TerminateAsync(ConnectionContext connection, CancellationToken cancel);
}
