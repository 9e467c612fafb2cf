using Kip.Resources;

namespace Kip.Host.CommandLine;

/// <summary>Finds the kind that a person means: among those that are built in, then among all that the server says it serves.</summary>
internal static class KindFinder
{
    /// <summary>The kind of a word.</summary>
    /// <exception cref="CommandFailure">No kind is called so.</exception>
    /// <exception cref="Kip.Client.ApiException">The server does not say what it serves.</exception>
    public static async Task<KindDefinition> FindAsync(Connection connection, string word, CancellationToken cancel) =>
        KindNames.Find(word) ?? KindNames.Among(await connection.ServedKindsAsync(cancel), word)
        ?? throw new CommandFailure($"the server has no kind called \"{word}\"; see them with: kubectl api-resources");
}
