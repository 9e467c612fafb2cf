using Kip.Client.Pods;
using Kip.Resources;

namespace Kip.ApiServer.Http.Subresources.Exec;

/// <summary>A client's connection to a program, whatever it is spoken over.</summary>
internal interface IExecConnection : IAsyncDisposable
{
    /// <summary>The client's input and outputs.</summary>
    IPodExecClient Client { get; }

    /// <summary>Cancelled when the client has gone or the server stops.</summary>
    CancellationToken Gone { get; }

    /// <summary>Tells how it ended, and lets the client close the connection.</summary>
    Task CloseAsync(Status outcome, CancellationToken cancel);
}
