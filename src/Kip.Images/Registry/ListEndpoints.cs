using System.Globalization;
using System.Text.Json;
using Kip.Images.References;
using Kip.Images.Storage;
using Microsoft.AspNetCore.Http;

namespace Kip.Images.Registry;

/// <summary>The lists of tags and repositories, page by page.</summary>
internal sealed class ListEndpoints(LocalImages images)
{
    private const int LargestPage = 10_000;

    /// <summary><c>GET /v2/NAME/tags/list?n=&amp;last=</c>.</summary>
    public Task TagsAsync(HttpContext http, RegistryPath path)
    {
        if (!images.Repositories.Exists(path.StoredName)) throw RegistryError.NameUnknown(path.Repository);
        var page = Page(http, images.Repositories.Tags(path.StoredName).Select(static t => t.Name), $"/v2/{path.Repository}/tags/list");
        http.Response.ContentType = "application/json";
        return http.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(new TagList(path.Repository, page), RegistryJson.Default.TagList), http.RequestAborted).AsTask();
    }

    /// <summary><c>GET /v2/_catalog?n=&amp;last=</c>: the repositories of Kip's own registry.</summary>
    public Task CatalogAsync(HttpContext http)
    {
        const string prefix = ImageReference.OwnRegistry + "/";
        var names = images.Repositories.All().Where(static r => r.StartsWith(prefix, StringComparison.Ordinal)).Select(static r => r[prefix.Length..]);
        http.Response.ContentType = "application/json";
        return http.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(new Catalog(Page(http, names, "/v2/_catalog")), RegistryJson.Default.Catalog),
            http.RequestAborted).AsTask();
    }

    private static string[] Page(HttpContext http, IEnumerable<string> names, string address)
    {
        var query = http.Request.Query;
        var size = LargestPage;
        if (query["n"] is [{ Length: > 0 } n] && (!int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size < 0))
            throw new RegistryError(400, "PAGINATION_NUMBER_INVALID", $"n={n} is no number of entries");
        size = Math.Min(size, LargestPage);
        var rest = query["last"] is [{ Length: > 0 } last] ? names.Where(name => string.CompareOrdinal(name, last) > 0) : names;
        var page = rest.Take(size + 1).ToArray();
        if (page.Length <= size) return page;
        page = page[..size];
        if (size > 0) http.Response.Headers.Link = $"<{address}?n={size}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\"";
        return page;
    }
}
