#pragma warning disable
Console.WriteLine("accesslog");
