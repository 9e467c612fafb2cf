namespace Kip.CloudEvents;

/// <summary>An attribute that is set: its name in lower case, and its value.</summary>
public readonly record struct CloudEventAttribute(string Name, CloudEventValue Value);
