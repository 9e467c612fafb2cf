using System.Globalization;
using Kip.Images.References;
using Kip.Images.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Images.Registry;

/// <summary>Pushing blobs: in one piece, in pieces that follow one another, or by taking over from another repository.</summary>
internal sealed class UploadEndpoints(LocalImages images, UploadSessions sessions, RegistryOptions options)
{
    /// <summary><c>POST /v2/NAME/blobs/uploads/</c>: begins an upload; with <c>digest</c> it is all of it, with <c>mount</c> none is needed.</summary>
    public async Task BeginAsync(HttpContext http, RegistryPath path)
    {
        var query = http.Request.Query;
        if (query["mount"] is [{ Length: > 0 } mount] && TryMount(path, mount, query["from"]) is { } mounted)
        {
            Created(http, path, mounted);
            return;
        }
        var session = sessions.Begin(path.StoredName);
        if (query["digest"] is [{ Length: > 0 } digest])
        {
            await FinishAsync(http, path, session, digest);
            return;
        }
        Accepted(http, path, session, 202);
    }

    /// <summary><c>PATCH</c>: the next piece. A <c>Content-Range</c> must begin where the last one ended.</summary>
    public async Task AppendAsync(HttpContext http, RegistryPath path)
    {
        var session = sessions.Find(path.StoredName, path.Reference);
        await TakeTurnAsync(session);
        try
        {
            CheckRange(http, path, session);
            await ReceiveAsync(http, session);
            Accepted(http, path, session, 202);
        }
        finally
        {
            session.Turn.Release();
        }
    }

    /// <summary><c>PUT ?digest=</c>: the last piece, which may be empty, and what all of it must be.</summary>
    public async Task CompleteAsync(HttpContext http, RegistryPath path)
    {
        var session = sessions.Find(path.StoredName, path.Reference);
        if (http.Request.Query["digest"] is not [{ Length: > 0 } digest]) throw RegistryError.DigestInvalid("the upload is completed with ?digest=sha256:…");
        await TakeTurnAsync(session);
        var ended = false;
        try
        {
            CheckRange(http, path, session);
            await FinishAsync(http, path, session, digest);
            ended = true;
        }
        finally
        {
            if (!ended) session.Turn.Release();
        }
    }

    /// <summary><c>GET</c>: how far the upload is.</summary>
    public void Status(HttpContext http, RegistryPath path) => Accepted(http, path, sessions.Find(path.StoredName, path.Reference), 204);

    /// <summary><c>DELETE</c>: gives the upload up.</summary>
    public async Task CancelAsync(HttpContext http, RegistryPath path)
    {
        var session = sessions.Find(path.StoredName, path.Reference);
        await TakeTurnAsync(session);
        await sessions.EndAsync(session);
        http.Response.StatusCode = 204;
    }

    private Digest? TryMount(RegistryPath path, string mount, string? from)
    {
        if (!Digest.TryParse(mount, out var digest) || from is not { Length: > 0 } || !ImageReference.IsRepository(from)) return null;
        if (!images.Repositories.HasBlob($"{ImageReference.OwnRegistry}/{from}", digest) || !images.Content.Touch(digest)) return null;
        images.Repositories.AddBlob(path.StoredName, digest);
        return digest;
    }

    private async Task FinishAsync(HttpContext http, RegistryPath path, UploadSession session, string stated)
    {
        try
        {
            if (!Digest.TryParse(stated, out var digest))
                throw RegistryError.DigestInvalid($"\"{stated}\" is no digest of the form sha256:… with 64 hexadecimal digits");
            await ReceiveAsync(http, session);
            await session.Writer.CommitAsync(digest, null, durable: true, http.RequestAborted);
            images.Repositories.AddBlob(path.StoredName, digest);
            Created(http, path, digest);
        }
        catch (DigestMismatchException other)
        {
            throw RegistryError.DigestInvalid(other.Message);
        }
        finally
        {
            // Whether it was right or not: the same pieces would not become right.
            await sessions.EndAsync(session);
        }
    }

    private async Task ReceiveAsync(HttpContext http, UploadSession session)
    {
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = options.MaxBlobBytes;
        try
        {
            await session.Writer.AppendAsync(http.Request.Body, options.MaxBlobBytes, http.RequestAborted);
        }
        catch (BlobTooLargeException large)
        {
            throw new RegistryError(413, "SIZE_INVALID", $"a blob may have {large.MaxBytes} bytes at most");
        }
    }

    private static async Task TakeTurnAsync(UploadSession session)
    {
        if (!await session.Turn.WaitAsync(TimeSpan.Zero)) throw new RegistryError(409, "BLOB_UPLOAD_INVALID", "another request writes to this upload");
    }

    // "START-END", both counted from 0 and inclusive.
    private static void CheckRange(HttpContext http, RegistryPath path, UploadSession session)
    {
        if (http.Request.Headers.ContentRange is not [{ Length: > 0 } range]) return;
        var text = range.StartsWith("bytes ", StringComparison.Ordinal) ? range["bytes ".Length..] : range;
        var dash = text.IndexOf('-');
        var isRange = long.TryParse(text.AsSpan(0, Math.Max(0, dash)), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            & long.TryParse(text.AsSpan(dash + 1).ToString().Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var end);
        if (isRange && start == session.Writer.Length && (http.Request.ContentLength is not { } length || length == end - start + 1)) return;
        Accepted(http, path, session, 416);
        throw new RegistryError(
            416, "BLOB_UPLOAD_INVALID",
            $"the piece {range} does not follow what is here, which ends at {session.Writer.Length - 1}, or is not as long as it says");
    }

    private static void Accepted(HttpContext http, RegistryPath path, UploadSession session, int status)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = $"/v2/{path.Repository}/blobs/uploads/{session.Id}";
        http.Response.Headers.Range = $"0-{Math.Max(0, session.Writer.Length - 1)}";
        http.Response.Headers["Docker-Upload-UUID"] = session.Id;
    }

    private static void Created(HttpContext http, RegistryPath path, Digest digest)
    {
        http.Response.StatusCode = 201;
        http.Response.Headers.Location = $"/v2/{path.Repository}/blobs/{digest}";
        http.Response.Headers["Docker-Content-Digest"] = digest.ToString();
    }
}
