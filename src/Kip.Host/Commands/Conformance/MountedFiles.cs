using Microsoft.AspNetCore.Http;

namespace Kip.Host.Commands.Conformance;

/// <summary>Files that a platform puts into a container: read by GET, written by POST. Others are nobody's business: 404.</summary>
internal static class MountedFiles
{
    private static readonly string[] Roots = ["/proc/sys/", "/sys/fs/cgroup/", "/v/"];

    public static async Task AnswerAsync(HttpContext context)
    {
        var path = Path.GetFullPath(context.Request.Query["path"].ToString() is { Length: > 0 } asked ? asked : "/");
        var (status, text) = Roots.Any(r => path.StartsWith(r, StringComparison.Ordinal)) ? await TryAsync(context, path) : (404, "not a mounted file");
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static async Task<(int Status, string Text)> TryAsync(HttpContext context, string path)
    {
        try
        {
            if (!HttpMethods.IsPost(context.Request.Method)) return (200, await File.ReadAllTextAsync(path, context.RequestAborted));
            using var reader = new StreamReader(context.Request.Body);
            await File.WriteAllTextAsync(path, await reader.ReadToEndAsync(context.RequestAborted), context.RequestAborted);
            return (200, "written");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (404, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (403, e.Message);
        }
    }
}
