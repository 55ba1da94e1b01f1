Console.Error.WriteLine("gatehouse: no command is implemented yet; docs/map.md says what comes next");
return 2;
