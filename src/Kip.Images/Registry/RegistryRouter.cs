using System.Text.Json;
using Kip.Images.References;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kip.Images.Registry;

/// <summary>One request to the registry: who asks → what path → which endpoint; a refusal becomes the specification's JSON.</summary>
internal sealed partial class RegistryRouter(
    RegistryAccess access, BlobEndpoints blobs, UploadEndpoints uploads, ManifestEndpoints manifests, ListEndpoints lists, ILogger logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        // Requests begin on the thread that saw their socket, which must not wait for files.
        await Task.Yield();
        try
        {
            await RouteAsync(http);
        }
        catch (RegistryError refusal)
        {
            await AnswerAsync(http, refusal);
        }
        catch (BadHttpRequestException malformed)
        {
            await AnswerAsync(http, new RegistryError(malformed.StatusCode, "UNSUPPORTED", malformed.Message));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogFailed(failure, http.Request.Method, http.Request.Path);
            await AnswerAsync(http, new RegistryError(500, "UNKNOWN", $"the registry's storage failed: {failure.Message}"));
        }
    }

    private Task RouteAsync(HttpContext http)
    {
        if (!RegistryPath.TryParse(http.Request.Path, out var path))
            throw new RegistryError(404, "UNSUPPORTED", "there is nothing at this path; the registry's API is below /v2/");
        if (access.Refuse(http, path) is { } refusal) throw refusal;
        if (path.Repository.Length > 0 && !ImageReference.IsRepository(path.Repository))
            throw new RegistryError(
                400, "NAME_INVALID",
                $"\"{path.Repository}\" cannot be a repository: lower-case letters, digits and the separators . _ - between them, in parts divided by /");
        return (path.Kind, http.Request.Method) switch
        {
            (RegistryEndpointKind.Base, "GET" or "HEAD") => Task.CompletedTask,
            (RegistryEndpointKind.Catalog, "GET") => lists.CatalogAsync(http),
            (RegistryEndpointKind.Tags, "GET") => lists.TagsAsync(http, path),
            (RegistryEndpointKind.Manifest, "GET" or "HEAD") => manifests.ReadAsync(http, path),
            (RegistryEndpointKind.Manifest, "PUT") => manifests.PutAsync(http, path),
            (RegistryEndpointKind.Manifest, "DELETE") => manifests.DeleteAsync(http, path),
            (RegistryEndpointKind.Referrers, "GET") => manifests.ReferrersAsync(http, path),
            (RegistryEndpointKind.Blob, "GET" or "HEAD") => blobs.ReadAsync(http, path),
            (RegistryEndpointKind.Blob, "DELETE") => Now(() => blobs.Delete(http, path)),
            (RegistryEndpointKind.Uploads, "POST") => uploads.BeginAsync(http, path),
            (RegistryEndpointKind.Upload, "GET") => Now(() => uploads.Status(http, path)),
            (RegistryEndpointKind.Upload, "PATCH") => uploads.AppendAsync(http, path),
            (RegistryEndpointKind.Upload, "PUT") => uploads.CompleteAsync(http, path),
            (RegistryEndpointKind.Upload, "DELETE") => uploads.CancelAsync(http, path),
            _ => throw RegistryError.Unsupported($"{http.Request.Method} cannot be done there"),
        };
    }

    private static Task Now(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static Task AnswerAsync(HttpContext http, RegistryError refusal)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }
        http.Response.StatusCode = refusal.Status;
        http.Response.ContentLength = null;
        if (refusal.Status == 401) http.Response.Headers.WWWAuthenticate = "Basic realm=\"Kip\", charset=\"UTF-8\"";
        if (refusal.Status == 429) http.Response.Headers.RetryAfter = "5";
        http.Response.ContentType = "application/json";
        if (HttpMethods.IsHead(http.Request.Method)) return Task.CompletedTask;
        var body = JsonSerializer.SerializeToUtf8Bytes(new ErrorList([new(refusal.Code, refusal.Message)]), RegistryJson.Default.ErrorList);
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    [LoggerMessage(EventId = 700, Level = LogLevel.Error, Message = "Registry: {Method} {Path} failed")]
    private partial void LogFailed(Exception failure, string method, PathString path);
}
