using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Traffic.Http;

/// <summary>What the HTTP server runs per request: the pipeline and nothing else, no middleware, no routing, no diagnostics.</summary>
internal sealed class GatewayApplication(GatewayPipeline pipeline, TimeProvider time) : IHttpApplication<GatewayRequest>
{
    public GatewayRequest CreateContext(IFeatureCollection contextFeatures)
    {
        // The server keeps one context per connection (HTTP/1.1) or stream object (HTTP/2) for us.
        var container = contextFeatures as IHostContextContainer<GatewayRequest>;
        var request = container?.HostContext;
        if (request is null)
        {
            request = new(contextFeatures, time);
            if (container is not null) container.HostContext = request;
        }
        request.Begin(contextFeatures);
        return request;
    }

    public Task ProcessRequestAsync(GatewayRequest context) => pipeline.RunAsync(context);

    public void DisposeContext(GatewayRequest context, Exception? exception) => context.End();
}
