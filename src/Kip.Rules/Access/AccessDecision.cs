namespace Kip.Rules.Access;

/// <summary>Whether something may be done.</summary>
/// <param name="Reason">Why it may, or what went wrong while it was looked for; may be empty.</param>
public readonly record struct AccessDecision(bool Allowed, string Reason);
