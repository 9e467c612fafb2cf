using Kip.Resources;

namespace Kip.Client.Manifests;

/// <summary>An object that somebody declared in a file.</summary>
/// <param name="Resource">The object.</param>
/// <param name="Json">What was written, and nothing else, as UTF-8 JSON: the body of an apply or a merge patch.</param>
/// <param name="File">The file; <c>-</c> for standard input.</param>
/// <param name="Document">Which document of the file, from 1.</param>
/// <param name="Line">The line on which the object begins, from 1.</param>
public sealed record Manifest(Resource Resource, ReadOnlyMemory<byte> Json, string File, int Document, int Line);

/// <summary>What is wrong with a manifest, where, and what to do about it.</summary>
public sealed record ManifestError(string File, int Document, int Line, string Message)
{
    public override string ToString() => Document == 0 ? $"{File}: {Message}" : $"{File}, document {Document}, line {Line}: {Message}";
}

/// <summary>Manifests that cannot be used. All that is wrong with them is told at once.</summary>
public sealed class ManifestException(IReadOnlyList<ManifestError> errors) : Exception(string.Join('\n', errors))
{
    public IReadOnlyList<ManifestError> Errors { get; } = errors;
}
