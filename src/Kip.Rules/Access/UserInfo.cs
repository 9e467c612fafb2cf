using Kip.Resources;

namespace Kip.Rules.Access;

/// <summary>Who asks: the name, the groups, and what else authentication found out.</summary>
/// <param name="Name">E.g. <c>kubernetes-admin</c> or <c>system:serviceaccount:default:builder</c>.</param>
/// <param name="Groups">All groups, <c>system:authenticated</c> among them.</param>
/// <param name="Uid">The identity behind the name, where there is one; empty else.</param>
public sealed record UserInfo(string Name, ValueList<string> Groups, string Uid = "")
{
    /// <summary>The group that may do everything.</summary>
    public const string Masters = "system:masters";

    /// <summary>The group of everybody whose identity is known.</summary>
    public const string Authenticated = "system:authenticated";

    /// <summary>The group of all ServiceAccounts.</summary>
    public const string ServiceAccounts = "system:serviceaccounts";

    private const string AccountPrefix = "system:serviceaccount:";

    private static readonly IReadOnlyDictionary<string, ValueList<string>> Nothing = new Dictionary<string, ValueList<string>>();

    /// <summary>What else is known of the user, by key: the pod that a token is bound to, for one.</summary>
    public IReadOnlyDictionary<string, ValueList<string>> Extra { get; init; } = Nothing;

    /// <summary>Whether the user may do everything without being given a role.</summary>
    public bool IsMaster => Groups.Contains(Masters);

    /// <summary>A part of the platform itself, which may do everything.</summary>
    public static UserInfo OfPlatform(string name) => new(name, [Masters, Authenticated]);

    /// <summary>A ServiceAccount as a user.</summary>
    public static UserInfo OfServiceAccount(string @namespace, string name, string uid = "") =>
        new(NameOfServiceAccount(@namespace, name), [ServiceAccounts, $"{ServiceAccounts}:{@namespace}", Authenticated], uid);

    /// <summary>The user name of a ServiceAccount.</summary>
    public static string NameOfServiceAccount(string @namespace, string name) => $"{AccountPrefix}{@namespace}:{name}";

    /// <summary>Namespace and name when the user is a ServiceAccount; else null.</summary>
    public NamespacedName? ServiceAccount =>
        Name.StartsWith(AccountPrefix, StringComparison.Ordinal) && Name[AccountPrefix.Length..].Split(':') is [{ Length: > 0 } space, { Length: > 0 } name]
            ? new(space, name)
            : null;
}
