using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Kip.ApiServer.Http.Connections;

/// <summary>A connection whose output goes through a <see cref="GatheringWriter"/>.</summary>
internal sealed class GatheredTransport(IDuplexPipe plain) : IDuplexPipe
{
    public PipeReader Input => plain.Input;

    public PipeWriter Output { get; } = new GatheringWriter(plain.Output);

    /// <summary>Puts itself above the connection's TLS.</summary>
    public static ConnectionDelegate Over(ConnectionDelegate next) => async connection =>
    {
        var plain = connection.Transport;
        connection.Transport = new GatheredTransport(plain);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = plain;
        }
    };
}
