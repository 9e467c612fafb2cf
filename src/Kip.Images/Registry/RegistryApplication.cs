using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Images.Registry;

/// <summary>What the HTTP server runs per request: the router, with no host or middleware around.</summary>
internal sealed class RegistryApplication(RegistryRouter router) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => router.InvokeAsync(context);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }
}
