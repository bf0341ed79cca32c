// ui/board/parts/index.ts - what every page is made of.
export { Button } from './Button';
export { Dialog } from './Dialog';
export { Field, Select, Switch } from './Field';
export { Icon, type IconName } from './Icon';
export { Menu, type Choice } from './Menu';
export { Rows } from './Rows';
export { Avatar, Chip, Clock, Count, JobId, Phone, Segmented, When, Words } from './small';
export { Empty, Failed, Loading } from './states';
export { Tabs } from './Tabs';
export { Toast } from './Toast';
export { oops, say } from './told';
