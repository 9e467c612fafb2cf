namespace Kip.Images.Pulling;

/// <summary>Who we are at a registry.</summary>
/// <param name="User">Empty where only a token is known.</param>
/// <param name="Password">The password; empty where only a token is known.</param>
/// <param name="IdentityToken">A token that buys bearer tokens (OAuth2's refresh token), as <c>docker login</c> of some clouds leaves it.</param>
public sealed record RegistryCredential(string User, string Password, string? IdentityToken = null)
{
    /// <summary>Does not show the secret: it must not reach a log.</summary>
    public override string ToString() => $"credential of {User}";
}
