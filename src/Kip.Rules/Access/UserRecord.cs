using System.Globalization;
using System.Text;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Selectors;

namespace Kip.Rules.Access;

/// <summary>A user that <c>kip user add</c> made: a Secret in kube-system that holds the hash of the credential, never the credential.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Sort"><see cref="Token"/> or <see cref="Certificate"/>.</param>
/// <param name="Sha256">The hash of the token's text or of the certificate's bytes, in lower-case hex.</param>
/// <param name="Expires">When the credential ends; null: not by itself.</param>
public sealed record UserRecord(string Name, string Sort, string Sha256, DateTimeOffset? Expires)
{
    public const string Token = "token";
    public const string Certificate = "certificate";

    /// <summary>The group of all these users. A certificate that names it counts only as long as its record is there.</summary>
    public const string Group = "kip:users";

    /// <summary>The label of a user's Secret and bindings; its value is the name.</summary>
    public const string Label = "kip.dev/user";

    public const string SecretType = "kip.dev/user";
    public const string Namespace = "kube-system";

    private const string TokenPrefix = "kip-user_";
    private const int LongestName = 200;

    /// <summary>The name of a user's Secret, bindings and request.</summary>
    public static string ObjectName(string user) => $"kip-user-{user}";

    /// <summary>A token's text: the name is in it, so that its record is found without looking through all.</summary>
    public static string TokenOf(string user, string random) => $"{TokenPrefix}{user}_{random}";

    /// <summary>The user that a token names; null when it is no such token.</summary>
    public static string? NameIn(string token) =>
        token.StartsWith(TokenPrefix, StringComparison.Ordinal) && token[TokenPrefix.Length..].Split('_') is [{ Length: > 0 } name, { Length: > 0 }]
            ? name
            : null;

    /// <summary>What is wrong with a user's name; null when nothing is.</summary>
    public static string? NameError(string name) =>
        name.Length > LongestName ? $"is longer than {LongestName} characters"
        : NameSyntax.SubdomainError(name) is null ? null
        : "is not made of lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit";

    /// <summary>The user as requests see it.</summary>
    public UserInfo ToUser() => new(Name, [Group, UserInfo.Authenticated]);

    /// <summary>Whether the credential is still good.</summary>
    public bool IsInTime(DateTimeOffset now) => Expires is not { } end || now < end;

    public Secret ToSecret() => new()
    {
        Metadata = new() { Namespace = Namespace, Name = ObjectName(Name), Labels = StringMap.Of((Label, Name)) },
        Type = SecretType,
        Data = StringMap.From([Entry("name", Name), Entry(
            "sort", Sort), Entry("sha256", Sha256), .. Expires is { } end ? [Entry("expires", Written(end))] : (KeyValuePair<string, string>[])[]]),
    };

    /// <summary>The record that a Secret is; null when it is another Secret, or somebody has spoilt it.</summary>
    public static UserRecord? Of(Secret secret)
    {
        if (secret.Type != SecretType || Text(secret, "name") is not { } name || secret.Metadata.Name != ObjectName(name)) return null;
        if (Text(secret, "sort") is not { } sort || Text(secret, "sha256") is not { Length: 64 } hash) return null;
        if (Text(secret, "expires") is not { } expires) return new(name, sort, hash, null);
        return DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? new(name, sort, hash, end) : null;
    }

    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static KeyValuePair<string, string> Entry(string key, string value) => new(key, Convert.ToBase64String(Encoding.UTF8.GetBytes(value)));

    private static string? Text(Secret secret, string key)
    {
        if (secret.Data.Get(key) is not { } base64) return null;
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }
}
