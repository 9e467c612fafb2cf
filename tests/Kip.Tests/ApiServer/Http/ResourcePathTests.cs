using Kip.ApiServer.Http;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

public class ResourcePathTests
{
    [Theory]
    [InlineData("/api/v1", "", "v1", "", null, null, null)]
    [InlineData("/api/v1/pods", "", "v1", "pods", null, null, null)]
    [InlineData("/api/v1/namespaces", "", "v1", "namespaces", null, null, null)]
    [InlineData("/api/v1/namespaces/shop", "", "v1", "namespaces", null, "shop", null)]
    [InlineData("/api/v1/namespaces/shop/status", "", "v1", "namespaces", null, "shop", "status")]
    [InlineData("/api/v1/namespaces/shop/pods", "", "v1", "pods", "shop", null, null)]
    [InlineData("/api/v1/namespaces/shop/pods/p/log", "", "v1", "pods", "shop", "p", "log")]
    [InlineData("/apis/apps/v1/namespaces/shop/deployments/web/scale", "apps", "v1", "deployments", "shop", "web", "scale")]
    [InlineData("/apis/serving.knative.dev/v1/services/", "serving.knative.dev", "v1", "services", null, null, null)]
    public void A_path_is_taken_apart(string path, string group, string version, string plural, string? space, string? name, string? subresource) =>
        ResourcePath.Parse(path).ShouldBe(new ResourcePath(group, version, plural, space, name, subresource));

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/apis")]
    [InlineData("/apis/apps")]
    [InlineData("/api//pods")]
    [InlineData("/version")]
    [InlineData("/api/v1/a/b/c/d")]
    [InlineData("/api/v1/namespaces/a/b/c/d/e")]
    [InlineData("api/v1")]
    public void What_names_no_resource_is_none(string path) => ResourcePath.Parse(path).ShouldBeNull();
}
