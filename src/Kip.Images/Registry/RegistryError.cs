using System.Text.Json.Serialization;

namespace Kip.Images.Registry;

/// <summary>A refusal in the distribution specification's words.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">One of the specification's codes, e.g. <c>BLOB_UNKNOWN</c>.</param>
/// <param name="message">One sentence.</param>
internal sealed class RegistryError(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static RegistryError BlobUnknown(string digest) => new(404, "BLOB_UNKNOWN", $"the repository has no blob {digest}");

    public static RegistryError ManifestUnknown(string reference) => new(404, "MANIFEST_UNKNOWN", $"the repository has no manifest {reference}");

    public static RegistryError NameUnknown(string repository) => new(404, "NAME_UNKNOWN", $"there is no repository {repository}");

    public static RegistryError UploadUnknown(string id) =>
        new(404, "BLOB_UPLOAD_UNKNOWN", $"there is no upload {id}; it has expired, or the registry was started anew");

    public static RegistryError DigestInvalid(string message) => new(400, "DIGEST_INVALID", message);

    public static RegistryError Unsupported(string message) => new(405, "UNSUPPORTED", message);
}

internal sealed record ErrorList(ErrorEntry[] Errors);

internal sealed record ErrorEntry(string Code, string Message);

/// <summary>The answer to a list of tags.</summary>
internal sealed record TagList(string Name, string[] Tags);

/// <summary>The answer to a list of repositories.</summary>
internal sealed record Catalog(string[] Repositories);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErrorList))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(Catalog))]
internal sealed partial class RegistryJson : JsonSerializerContext;
