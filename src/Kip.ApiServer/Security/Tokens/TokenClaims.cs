using Kip.Resources;

namespace Kip.ApiServer.Security.Tokens;

/// <summary>What a ServiceAccount's token says.</summary>
/// <param name="Account">The ServiceAccount.</param>
/// <param name="AccountUid">Its uid: an account that was deleted and made again is another one.</param>
/// <param name="Audiences">For whom the token is meant.</param>
internal sealed record TokenClaims(NamespacedName Account, string AccountUid, ValueList<string> Audiences)
{
    /// <summary>The Pod or Secret with which the token ends; null: none.</summary>
    public BoundObject? Bound { get; init; }

    public DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it ends; null: with the Secret that it is bound to.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The token's own id.</summary>
    public string Id { get; init; } = "";
}

/// <summary>An object that a token is bound to.</summary>
/// <param name="Kind"><c>Pod</c> or <c>Secret</c>.</param>
internal sealed record BoundObject(string Kind, string Name, string Uid);
