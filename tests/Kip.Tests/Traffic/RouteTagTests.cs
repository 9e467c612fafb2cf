using Kip.Traffic.Http;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

public sealed class RouteTagTests
{
    [Theory]
    [InlineData("", "", "kn:disabled")]
    [InlineData("", "true", "kn:default")]
    [InlineData("blue", "", "blue")]
    [InlineData("blue", "true", "kn:undefined")]
    public void A_tag_is_named_by_the_headers_that_chose_it(string tag, string byDefault, string expected)
    {
        var headers = new HeaderDictionary();
        if (tag.Length > 0) headers["Knative-Serving-Tag"] = tag;
        if (byDefault.Length > 0) headers["Knative-Serving-Default-Route"] = byDefault;

        RouteTag.Of(headers).ShouldBe(expected);
    }
}
