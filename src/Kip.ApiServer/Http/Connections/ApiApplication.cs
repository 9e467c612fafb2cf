using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.ApiServer.Http.Connections;

/// <summary>What the HTTP server runs per request: the answer and nothing else, no host, no middleware, no routing.</summary>
internal sealed class ApiApplication(RequestDelegate answer) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        // The server keeps one context per connection (HTTP/1.1) or stream object (HTTP/2) for us.
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container) return new(contextFeatures);
        if (container.HostContext is { } used) used.Initialize(contextFeatures);
        else container.HostContext = new(contextFeatures);
        return container.HostContext;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => answer(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}
